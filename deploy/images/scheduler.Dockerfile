# syntax=docker/dockerfile:1
# The scheduler, and with --standalone-rescheduling-mode the rescheduler. From the checkout's root:
#   docker buildx build -f deploy/images/scheduler.Dockerfile -t llumnix-dotnet/scheduler .
ARG SDK_IMAGE=mcr.microsoft.com/dotnet/sdk:10.0-noble
ARG RUNTIME_IMAGE=mcr.microsoft.com/dotnet/aspnet:10.0-noble-chiseled

FROM --platform=$BUILDPLATFORM ${SDK_IMAGE} AS build
ARG TARGETARCH=amd64
WORKDIR /source
COPY . .
RUN case "$TARGETARCH" in arm64) rid=linux-arm64 ;; *) rid=linux-x64 ;; esac \
    && RID=$rid deploy/images/layout.sh /tree scheduler

# No shell, no package manager; the ASP.NET Core runtime is all that is in the base.
FROM ${RUNTIME_IMAGE}
COPY --from=build /tree/ /
# The port comes from --port. Diagnostics would need a writable /tmp: see docs/operations.md.
ENV ASPNETCORE_HTTP_PORTS="" \
    DOTNET_EnableDiagnostics=0
USER 1654:1654
EXPOSE 8002
ENTRYPOINT ["/usr/local/bin/scheduler"]
