# The image of every silo and of the command:
#   docker build -t adaptcluster:0.2.0 .                                     trains on the CPU
#   docker build -t adaptcluster:0.2.0-cuda --build-arg TORCH=pytorch .      trains on NVIDIA GPUs by PyTorch's libtorch, on PyTorch's own image
#   docker build -t adaptcluster:0.2.0-cuda --build-arg TORCH=cuda .         the same by TorchSharp's package for CUDA
# The driver comes from the node. .NET's bases are Ubuntu 24.04, whose libstdc++ is new enough for libtorch's bindings (GLIBCXX_3.4.32); on
# older ones the build makes the bindings load all the same.
# The digest counts, the tag tells people what it is: SDK 10.0.401 and .NET 10.0.12 of 2026-10-02, for amd64 and arm64.
ARG SDK=mcr.microsoft.com/dotnet/sdk:10.0-noble@sha256:e70cdb7f80b0348f5cb85f19a8f670fca061f033d57eed12fa003d58b0e06317
ARG RUNTIME=mcr.microsoft.com/dotnet/aspnet:10.0-noble@sha256:222759b391a1aaf241166672c8f99b2d4ada452e7b5319f3c6e8f265a37b5ad4
ARG PYTORCH=pytorch/pytorch:2.10.0-cuda12.8-cudnn9-runtime@sha256:b85566342b86d13a67712e9315d40cdc2dad7f8d86df1aff3831f80835edbcca
ARG TORCH=cpu

FROM ${SDK} AS build
ARG TORCH
WORKDIR /src
COPY .config .config
COPY global.json AdaptCluster.sln Directory.Build.props Directory.Build.targets Directory.Packages.props BannedSymbols.txt .editorconfig ./
COPY build build
COPY schema schema
COPY examples/paper.reported.json examples/
COPY src src
COPY models models
# What is restored is what the lock files name, but for TORCH=cuda, which has none in the repository.
# sbom.cdx.json lists every package of the image.
ENV NUGET_PACKAGES=/packages
RUN --mount=type=cache,target=/packages \
    dotnet restore src/Local/Local.csproj -p:Torch=${TORCH} $([ "${TORCH}" = cuda ] || echo --locked-mode) && \
    dotnet publish src/Local/Local.csproj -c Release -o /app -p:Torch=${TORCH} --no-restore --nologo && \
    dotnet tool restore && \
    Torch=${TORCH} dotnet tool run dotnet-CycloneDX -- src/Local/Local.csproj --recursive --disable-package-restore \
      --set-name adaptcluster --output-format json --output /app --filename sbom.cdx.json

FROM ${RUNTIME} AS cpu

FROM ${RUNTIME} AS cuda

FROM ${PYTORCH} AS pytorch
COPY --from=cpu /usr/share/dotnet /usr/share/dotnet

FROM ${TORCH}
# For the texts of 'sweep plot'.
RUN apt-get update && apt-get install -y --no-install-recommends fonts-dejavu-core && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY --from=build /app ./
ENV ADAPTCLUSTER_MODELS=/app/models \
    DOTNET_EnableDiagnostics=0
# The number that the base image gives its user "app".
USER 1654:1654
EXPOSE 8080 8081 11111 30000
ENTRYPOINT [ "/app/sweep" ]
CMD [ "serve" ]
