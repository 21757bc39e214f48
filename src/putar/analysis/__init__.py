"""Numbers to findings: synergy, loops, spin; nothing here steps time itself."""
