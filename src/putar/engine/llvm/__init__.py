"""The parts of the machine-code kernel: text of LLVM IR, mathematics in it, and its compilation."""
