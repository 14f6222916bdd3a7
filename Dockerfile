# The web page in a container: not root, nothing written but in /tmp, a health check. docs/deploying.md says how to run it.
FROM python:3.12-slim AS build
WORKDIR /build
COPY pyproject.toml constraints.txt README.md CHANGELOG.md LICENSE ./
COPY nmt_rag nmt_rag
COPY corpus corpus
RUN python -m venv /venv && /venv/bin/pip install --no-cache-dir --constraint constraints.txt ".[demo,office]"
ENV NMT_RAG_INDEX=/index
RUN /venv/bin/python -c "import nmt_rag; nmt_rag.open().close()"

FROM python:3.12-slim
RUN useradd --uid 10001 --no-create-home --no-log-init --shell /usr/sbin/nologin sida
COPY --from=build /venv /venv
COPY --from=build --chown=10001 /index /index
COPY app.py /srv/app.py
WORKDIR /srv
ENV NMT_RAG_INDEX=/index PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 HOME=/tmp
USER 10001
EXPOSE 7860
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s \
    CMD ["/venv/bin/python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:7860/halsa', timeout=4)"]
ENTRYPOINT ["/venv/bin/python", "/srv/app.py", "--host", "0.0.0.0"]
