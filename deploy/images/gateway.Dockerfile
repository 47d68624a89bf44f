# syntax=docker/dockerfile:1
# The gateway, as `llumnix gateway` or with a scheduler of its own as `llumnix serve`. From the checkout's root:
#   docker buildx build -f deploy/images/gateway.Dockerfile -t llumnix-dotnet/gateway .
ARG SDK_IMAGE=mcr.microsoft.com/dotnet/sdk:10.0-noble
ARG RUNTIME_IMAGE=mcr.microsoft.com/dotnet/aspnet:10.0-noble-chiseled

FROM --platform=$BUILDPLATFORM ${SDK_IMAGE} AS build
ARG TARGETARCH=amd64
WORKDIR /source
COPY . .
RUN case "$TARGETARCH" in arm64) rid=linux-arm64 ;; *) rid=linux-x64 ;; esac \
    && RID=$rid deploy/images/layout.sh /tree gateway

FROM ${RUNTIME_IMAGE}
COPY --from=build /tree/ /
ENV ASPNETCORE_HTTP_PORTS="" \
    DOTNET_EnableDiagnostics=0
USER 1654:1654
EXPOSE 8089
ENTRYPOINT ["/usr/local/bin/llumnix"]
CMD ["gateway", "--host=0.0.0.0", "--port=8089"]
