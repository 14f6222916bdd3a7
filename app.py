"""The web page: `python app.py` starts it and prints its address.

The page itself is `nmt_rag.interfaces.page`. It listens on 127.0.0.1, stores no question and sends nothing anywhere.
"""

from __future__ import annotations

import argparse
import os
import sys

import nmt_rag
from nmt_rag import extras
from nmt_rag.documents import stay_home
from nmt_rag.interfaces.page.serving import uploads
from nmt_rag.interfaces.page.site import Site
from nmt_rag.progress import shown

try:
    from nmt_rag.interfaces.page.serving.server import address, application, listen, serve, wait
    from nmt_rag.interfaces.serving.asgi import LOCAL_HOSTS
except ModuleNotFoundError as error:
    sys.exit(str(extras.missing("the web page", str(error.name), "demo")))

FIRST_PORT = 7860

PASSWORD = "NMT_RAG_PASSWORD"
"""The environment variable with the password that visitors must give; unset is none."""


def main(arguments: list[str] | None = None) -> int:
    """Start the page, print its address and wait."""
    parser = argparse.ArgumentParser(
        description="The nmt-rag web demo.",
        epilog=f"The environment variable {PASSWORD} holds the password that visitors must give, if any.",
    )
    parser.add_argument("--index", metavar="DIR", help="an index folder (default: the packaged page)")
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen on (default: %(default)s)")
    parser.add_argument("--port", type=int, default=FIRST_PORT, help="the port to listen on (default: %(default)s)")
    parser.add_argument("--root-path", default="", metavar="PATH", help="where a proxy in front serves the page")
    parser.add_argument(
        "--allow-host", action="append", default=[], metavar="NAME",
        help="a name that a proxy on this machine serves the page by, where there is no password; may repeat",
    )  # fmt: skip
    options = parser.parse_args(arguments)
    if not 1 <= options.port <= 65535:
        parser.error(f"--port must be between 1 and 65535, not {options.port}")
    root_path = options.root_path.rstrip("/")
    if root_path and not root_path.startswith("/"):
        parser.error(f"--root-path must begin with a slash, not {options.root_path!r}")
    password = os.environ.get(PASSWORD)
    if password is not None and not password.strip():
        parser.error(f"{PASSWORD} is set but empty; set it to a password, or unset it to let everyone in")
    hosts = None if password or options.host not in LOCAL_HOSTS else LOCAL_HOSTS | {*options.allow_host}
    with uploads.folder() as folder, shown():
        os.environ["GRADIO_TEMP_DIR"] = str(folder)  # what a visitor uploads; each file is removed when it is read
        try:
            rag = nmt_rag.open(options.index)
            taken = listen(options.host, options.port)
            site = Site(rag)
            server = serve(application(site, root_path=root_path, password=password or "", hosts=hosts), taken)
        except (nmt_rag.NmtRagError, OSError) as error:
            print(f"app.py: {error}", file=sys.stderr)
            return 1
        port = taken.getsockname()[1]
        if port != options.port:
            print(f"Port {options.port} är upptagen; sidan använder {port} i stället.")
        stay_home()
        print(f"{address(options.host, port)} Avsluta med Ctrl+C.", flush=True)
        with uploads.swept(folder, also=site.visits.sweep):
            wait(server)
        rag.close()
    return 0


if __name__ == "__main__":
    status = main()
    sys.stdout.flush()
    os._exit(status)  # else a thread that still answers somebody is torn down in a model's own code, which aborts
