"""What the reader of XMILE keeps beside the equations."""

from pathlib import Path

from putar.formats.xmile_read import read_xmile

PICTURE = """<?xml version="1.0" encoding="{encoding}"?>
<xmile version="1.0" xmlns="http://docs.oasis-open.org/xmile/ns/XMILE/v1.0" xmlns:isee="http://iseesystems.com/XMILE">
<header><name>Größe &amp; more</name></header>
<sim_specs><start>0</start><stop>1</stop></sim_specs>
<model><variables><aux name="größe"><eqn>1</eqn></aux><module name="room"/></variables>
<views><view isee:popup="no"><aux x="1" y="2" name="größe"/></view><style/></views></model>
<model name="room"><variables><aux name="x"><eqn>2</eqn></aux></variables><views/></model>
</xmile>"""


def test_views_are_kept_as_they_stand(tmp_path: Path) -> None:
    """Each room's views, the header and the names of the root come back letter by letter, in any encoding."""
    for encoding in ("utf-8", "iso-8859-1", "utf-16"):
        path = tmp_path / "model.xmile"
        path.write_bytes(PICTURE.format(encoding=encoding).encode(encoding))

        kept = dict(read_xmile(path).kept)

        assert kept["xmile header"] == "<header><name>Größe &amp; more</name></header>"
        views = '<views><view isee:popup="no"><aux x="1" y="2" name="größe"/></view><style/></views>'
        assert kept["xmile views"] == views
        assert kept["xmile views room"] == "<views/>"
        assert 'xmlns:isee="http://iseesystems.com/XMILE"' in kept["xmile names"]
