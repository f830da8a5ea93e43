# The web server. Dockerfile.worker differs in its last lines only; tests/deploy compares them.
FROM python:3.12-slim AS packages
COPY requirements/base.txt /tmp/base.txt
RUN python -m venv /opt/quarry \
    && /opt/quarry/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes -r /tmp/base.txt

FROM python:3.12-slim
# Pango draws the text of PDF reports.
RUN apt-get update \
    && apt-get install -y --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 \
    && rm -rf /var/lib/apt/lists/* \
    && groupadd --gid 10001 quarry \
    && useradd --uid 10001 --gid quarry --create-home --home-dir /srv/home quarry
COPY --from=packages /opt/quarry /opt/quarry
WORKDIR /srv/quarry
COPY . .
ENV PATH=/opt/quarry/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    QUARRY_HOME=/srv/home/data \
    STATIC_ROOT=/srv/static \
    LOG_FORMAT=json
# Compiled once, for nobody can write here later, and each start and probe would do it again.
# Scripts and styles belong to the image, not to the volume, which outlives it.
# The secret protects nothing: nothing is signed while they are collected.
RUN install -d -o quarry -g quarry /srv/home/data \
    && DJANGO_SECRET_KEY=collecting-static-files-needs-no-secret DJANGO_ALLOWED_HOSTS=localhost \
        python manage.py collectstatic --noinput \
    && python -m compileall -q .
# By number: a cluster that refuses root cannot look names up.
USER 10001:10001
VOLUME ["/srv/home/data"]
# --- what differs -------------------------------------------------------------------------------
EXPOSE 3000
# Platforms choose the port by PORT; without it, 3000.
ENV WEB_BIND=0.0.0.0
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request as ask; ask.urlopen(f\"http://127.0.0.1:{os.environ.get('PORT') or 3000}/healthz\", timeout=4)"]
CMD ["gunicorn", "config.asgi:application", "--config", "deploy/gunicorn.conf.py"]
