"""Requests that a stranger, a stranger's page or a stranger's design could make."""

BASE = {
    "cavity": {"profile": "cylinder", "diameter_um": 6.0, "body": {"index": 1.5}},
    "modes": {"wavelength_nm": 537.6, "span_nm": 10.0},
}
SECRET = "../secret.csv"
NAMES = ("../secret.csv", "/etc/passwd", "design.toml/../../secret.csv", "~/x", "..\\secret", "\0")
NAMES += ("a" * 5000, "a/" * 900, "\x1b[2J", "CON", "file:///etc/passwd", "./design.toml\n", "")
HEADERS = (
    *(
        ("Host", name)
        for name in ("evil.example", "127.0.0.1:1", "localhost.evil.example", "[::1]")
    ),
    *(("Origin", name) for name in ("http://evil.example", "null", "https://127.0.0.1", "file://")),
    *(("Sec-Fetch-Site", name) for name in ("cross-site", "same-site")),
)
PATHS = ("assets/../server.py", "assets/%2e%2e/server.py", "assets/..%2f..%2fcli/main.py", "../")
PATHS += ("assets//etc/passwd", "api/open/../../", "assets/app.js%00", "api/none", "assets/x.js")
BODIES = (b"", b"[", b"[]", b"nul", b"\xff", b'{"design":NaN}', b"x" * 300_000, b'{"page":"a b"}')
BODIES += (b'{"a":' * 50 + b"1" + b"}" * 50, b'{"design":{"cavity":{"diameter_um":1e999}}}', b"{}")
BODIES += (b'{"design":"\\ud800"}', b'{"page":"' + b"a" * 100 + b'"}', b"[" * 100_000)
ROUTES = ("field", "preview", "lasing", "bands", "scan", "figure", "vtk", "table", "design")
ROUTES += ("scripts", "agree", "open")
# Keys of a design with what they must not hold.
CHANGES = (
    *(("cavity", "body", {"file": name}) for name in (SECRET, "/etc/passwd")),
    *(("gain", key, SECRET) for key in ("samples", "cross_sections_file")),
    ("gain", "samples", "/etc/passwd"),
    ("cavity", "fibre_file", SECRET),
    ("cavity", "materials", {"a": {"file": SECRET}}),
    ("cavity", "body", [{"file": SECRET}]),
    *(("cavity", "diameter_um", size) for size in (1e9, 0.0, -5.0, "6", [6], True, None)),
    *(("modes", "span_nm", span) for span in (1e6, -1.0, 0.0)),
    *(("modes", key, 10**9) for key in ("radial_orders", "axial_orders", "azimuthal_order")),
    *(("modes", "wavelength_nm", place) for place in (1e-3, 1e12, -1.0)),
    ("modes", "relative_accuracy", 1e-300),
    ("cavity", "body", {"index": 1e-300}),
    ("cavity", "coatings", [{"name": "a", "thickness_um": 0.1, "material": "silica"}] * 500),
    ("lasing", "fluences", 10**9),
    ("cavity", "profile", "\x1b[2J"),
    ("x", "y", 1),
    *(("coupling", "gap_um", gap) for gap in (-1.0, 1e9, "../secret.csv", [0.1], True)),
    *(("coupling", "kind", kind) for kind in ("x", "\x1b[2J", 1, ["taper"])),
    ("coupling", "diameter_um", 1e-300),
    *(("temperature", "temperature_k", heat) for heat in (-4.0, 1e9, "hot", [20], True)),
)


def hostile_requests(page):
    """What was asked, status and answer: each must be a refusal of one line that tells nothing."""
    for name, value in HEADERS:
        yield f"{name}: {value}", *page.asks("api/start", headers={name: value})
    for token in ("", "x", "%2e%2e"):
        yield f"token {token}", *page.asks(f"http://127.0.0.1:{page.port}/{token}/api/start")
    for path in PATHS:
        yield path, *page.asks(path)
    for method in ("PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"):
        yield method, *page.asks("api/modes", {}, method=method)
    for body in BODIES:
        yield str(body[:40]), *page.asks("api/modes", body)
    for route in ROUTES:
        for body in (*BODIES[:7], b'{"page":"p","design":[]}', b'{"page":"p","design":"x"}'):
            yield f"{route} {body[:40]!r}", *page.asks(f"api/{route}", body)
    for name in NAMES:
        yield f"open {name[:20]!r}", *page.asks("api/open", {"name": name})
    for table, key, value in CHANGES:
        told = {"kind": "taper", "diameter_um": 1.0} if table == "coupling" else {}
        design = {**BASE, table: {**told, **BASE.get(table, {}), key: value}}
        for task in ("modes", "lasing") if table == "gain" else ("modes",):
            asked = {"page": "p", "design": design}
            yield f"{task} {table}.{key}", *page.asks(f"api/{task}", asked)
