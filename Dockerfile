# syntax=docker/dockerfile:1
# The image of every silo and of the command:
#   docker build -t adaptcluster:0.1.0 .                                     trains on the CPU
#   docker build -t adaptcluster:0.1.0-cuda --build-arg TORCH=pytorch .      trains on NVIDIA GPUs by PyTorch's libtorch, on PyTorch's own image
#   docker build -t adaptcluster:0.1.0-cuda --build-arg TORCH=cuda .         the same by TorchSharp's package for CUDA
# The driver comes from the node. .NET's bases are Ubuntu 24.04, whose libstdc++ is new enough for libtorch's bindings (GLIBCXX_3.4.32); on
# older ones the build makes the bindings load all the same.
ARG SDK=mcr.microsoft.com/dotnet/sdk:10.0-noble
ARG RUNTIME=mcr.microsoft.com/dotnet/aspnet:10.0-noble
ARG PYTORCH=pytorch/pytorch:2.10.0-cuda12.8-cudnn9-runtime
ARG TORCH=cpu

FROM ${SDK} AS build
ARG TORCH
WORKDIR /src
COPY global.json AdaptCluster.sln Directory.Build.props Directory.Build.targets Directory.Packages.props BannedSymbols.txt .editorconfig ./
COPY build build
COPY schema schema
COPY examples/paper.reported.json examples/
COPY src src
COPY models models
# The lock files are those of the CPU build; the CUDA build makes its own.
ENV NUGET_PACKAGES=/packages
RUN --mount=type=cache,target=/packages \
    dotnet publish src/Local/Local.csproj -c Release -o /app -p:Torch=${TORCH} --nologo

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
