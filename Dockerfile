# docker build -t workloads-conformance . && docker run --rm workloads-conformance run
# A release pins the base by digest (RELEASING.md).
FROM python:3.13-slim AS build
WORKDIR /source
RUN python -m venv /opt/conformance
COPY constraints constraints
COPY pyproject.toml README.md LICENSE ./
COPY conformance conformance
COPY reports reports
COPY specs specs
COPY strategies strategies
RUN /opt/conformance/bin/pip install --no-cache-dir --disable-pip-version-check --compile -c constraints/0.1.0.txt . \
    && /opt/conformance/bin/pip uninstall --yes pip

FROM python:3.13-slim
COPY --from=build /opt/conformance /opt/conformance
# Anybody may run it, and nothing but /reports and /tmp has to be writable.
RUN install --directory --owner=65532 --group=65532 --mode=0700 /reports
ENV PATH=/opt/conformance/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    HOME=/tmp \
    WORKLOADS_CONFORMANCE_REPORT_DIR=/reports
USER 65532:65532
WORKDIR /tmp
ENTRYPOINT ["workloads-conformance"]
CMD ["--help"]
