using System.Net;
using System.Text;

namespace AdaptCluster.Cluster.Tests;

/// <summary>
/// Series that need hardware or operators that no test has, as fixed text on a loopback port: NVIDIA's DCGM exporter, kube-state-metrics
/// and KEDA.
/// </summary>
internal sealed class SyntheticExporter : IDisposable
{
    private const string Text = """
        # TYPE DCGM_FI_DEV_GPU_UTIL gauge
        DCGM_FI_DEV_GPU_UTIL{gpu="0",Hostname="node-1",namespace="lab",pod="adaptcluster-gpu-1"} 3
        # TYPE DCGM_FI_PROF_PIPE_TENSOR_ACTIVE gauge
        DCGM_FI_PROF_PIPE_TENSOR_ACTIVE{gpu="0",Hostname="node-1",namespace="lab",pod="adaptcluster-gpu-1"} 0.4
        # TYPE DCGM_FI_PROF_DRAM_ACTIVE gauge
        DCGM_FI_PROF_DRAM_ACTIVE{gpu="0",Hostname="node-1",namespace="lab",pod="adaptcluster-gpu-1"} 0.2
        # TYPE DCGM_FI_DEV_FB_USED gauge
        DCGM_FI_DEV_FB_USED{gpu="0",Hostname="node-1",namespace="lab",pod="adaptcluster-gpu-1"} 40000
        # TYPE DCGM_FI_DEV_FB_FREE gauge
        DCGM_FI_DEV_FB_FREE{gpu="0",Hostname="node-1",namespace="lab",pod="adaptcluster-gpu-1"} 41000
        # TYPE DCGM_FI_DEV_GPU_TEMP gauge
        DCGM_FI_DEV_GPU_TEMP{gpu="0",Hostname="node-1",namespace="lab",pod="adaptcluster-gpu-1"} 61
        # TYPE DCGM_FI_DEV_POWER_USAGE gauge
        DCGM_FI_DEV_POWER_USAGE{gpu="0",Hostname="node-1",namespace="lab",pod="adaptcluster-gpu-1"} 310
        # TYPE DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION counter
        DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION{gpu="0",Hostname="node-1",namespace="lab",pod="adaptcluster-gpu-1"} 81000000
        # TYPE DCGM_FI_DEV_XID_ERRORS gauge
        DCGM_FI_DEV_XID_ERRORS{gpu="0",Hostname="node-1",namespace="lab",pod="adaptcluster-gpu-1"} 0
        # TYPE kube_deployment_status_replicas_available gauge
        kube_deployment_status_replicas_available{namespace="lab",deployment="adaptcluster-gpu"} 2
        # TYPE kube_deployment_spec_replicas gauge
        kube_deployment_spec_replicas{namespace="lab",deployment="adaptcluster-gpu"} 2
        # TYPE keda_scaler_metrics_value gauge
        keda_scaler_metrics_value{exported_namespace="lab",scaledObject="adaptcluster-gpu",scaler="prometheus"} 3

        """;

    private readonly HttpListener _listener = new();

    public SyntheticExporter()
    {
        Address = new Uri($"http://127.0.0.1:{FreePort.Find()}/");
        _listener.Prefixes.Add(Address.ToString());
        _listener.Start();
        _ = ServeAsync();
    }

    public Uri Address { get; }

    public void Dispose() => ((IDisposable)_listener).Dispose();

    private async Task ServeAsync()
    {
        var bytes = Encoding.UTF8.GetBytes(Text.ReplaceLineEndings("\n"));
        try
        {
            while (true)
            {
                var context = await _listener.GetContextAsync();
                context.Response.ContentType = "text/plain; version=0.0.4";
                await context.Response.OutputStream.WriteAsync(bytes);
                context.Response.Close();
            }
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
        {
            // The test has ended.
        }
    }
}
