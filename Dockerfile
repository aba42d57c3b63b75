# The dashboard as a container: no root, nothing written outside of /data, so that it runs with --read-only --tmpfs /tmp.
#
#   docker build -t sentiment .
#   docker run --read-only --tmpfs /tmp --cap-drop ALL --security-opt no-new-privileges \
#     -p 127.0.0.1:8501:8501 -v sentiment:/data sentiment
#
# docs/operations.md has the settings; without SENTIMENT_NOTES anybody who reaches the port can add notes.
FROM python:3.11-slim AS made

WORKDIR /src
COPY pyproject.toml constraints.txt README.md LICENSE CHANGELOG.md app.py ./
COPY .streamlit .streamlit
COPY data data
COPY sentiment sentiment
# constraints.txt pins every version that was tested; where packages come from is pip's own setting.
RUN python -m venv /opt/sentiment \
    && /opt/sentiment/bin/pip install --no-cache-dir --disable-pip-version-check -c constraints.txt ".[pictures,postgres]"

FROM python:3.11-slim

RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin sentiment \
    && install -d -o sentiment -g sentiment /data
COPY --from=made /opt/sentiment /opt/sentiment

ENV PATH=/opt/sentiment/bin:$PATH \
    HOME=/tmp \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    SENTIMENT_DATA_DIR=/data \
    SENTIMENT_LOG=json \
    STREAMLIT_SERVER_ADDRESS=0.0.0.0
USER sentiment
WORKDIR /tmp
VOLUME /data
EXPOSE 8501
HEALTHCHECK --interval=30s --timeout=5s --start-period=40s --retries=3 \
    CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8501/healthz', timeout=4)"]
ENTRYPOINT ["sentiment"]
CMD ["run", "--headless", "--port", "8501"]
