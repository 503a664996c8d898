using System.Diagnostics.Metrics;
using System.Net.Http.Headers;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using AdaptCluster.Contracts;

namespace AdaptCluster.Silo.Kubernetes;

/// <summary>
/// Updates the deletion cost of the silo's own pod: 1 while the silo has jobs, otherwise 0. A ReplicaSet that scales in deletes the pods
/// with the lowest cost first. The cost is written only when it changes, and at most every few seconds, because each write goes to the
/// Kubernetes database.
/// </summary>
internal sealed partial class PodDeletionCost : BackgroundService
{
    private const string Annotation = "controller.kubernetes.io/pod-deletion-cost";

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5), LongestPause = TimeSpan.FromMinutes(1);
    private readonly MeterListener _listener = new();
    private readonly PodSettings _pod;
    private readonly TimeProvider _time;
    private readonly ILogger<PodDeletionCost> _logger;
    private int _lanes;

    public PodDeletionCost(PodSettings pod, IMeterFactory meters, TimeProvider time, ILogger<PodDeletionCost> logger)
    {
        (_pod, _time, _logger) = (pod, time, logger);
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Name == "adaptcluster.lanes.in_use" && instrument.Meter.Scope == meters)
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<int>((_, change, _, _) => Interlocked.Add(ref _lanes, change));
        _listener.Start();
    }

    public override void Dispose()
    {
        _listener.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var client = new HttpClient(Handler()) { Timeout = TimeSpan.FromSeconds(10) };
        int? written = null;
        var pause = Interval;
        while (!stoppingToken.IsCancellationRequested)
        {
            var cost = Volatile.Read(ref _lanes) > 0 ? 1 : 0;
            try
            {
                if (cost != written) await WriteAsync(client, cost, stoppingToken);
                (written, pause) = (cost, Interval);
            }
            catch (Exception e) when (e is HttpRequestException or IOException or UnauthorizedAccessException
                || (e is TaskCanceledException && !stoppingToken.IsCancellationRequested))
            {
                LogNotWritten(_logger, cost, _pod.Name, ReasonText.Of(e), pause.TotalSeconds);
                pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
            }
            await Task.Delay(pause, _time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task WriteAsync(HttpClient client, int cost, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Patch,
            new Uri(_pod.Server, $"/api/v1/namespaces/{Uri.EscapeDataString(_pod.Namespace)}/pods/{Uri.EscapeDataString(_pod.Name)}"))
        {
            Content = new StringContent(
                $"{{\"metadata\":{{\"annotations\":{{\"{Annotation}\":\"{cost}\"}}}}}}", Encoding.UTF8, "application/merge-patch+json"),
        };
        // Kubernetes replaces the file before its token expires.
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer",
            (await File.ReadAllTextAsync(Path.Combine(_pod.Account, "token"), cancellation)).Trim());
        using var answer = await client.SendAsync(request, cancellation);
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>Creates a handler that trusts only the root certificate that Kubernetes mounts.</summary>
    private HttpClientHandler Handler() => new()
    {
        AllowAutoRedirect = false,
        ServerCertificateCustomValidationCallback = (_, certificate, chain, errors) =>
        {
            if (certificate is null || chain is null || errors.HasFlag(System.Net.Security.SslPolicyErrors.RemoteCertificateNameMismatch))
                return false;
            chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
            chain.ChainPolicy.CustomTrustStore.ImportFromPemFile(Path.Combine(_pod.Account, "ca.crt"));
            return chain.Build(certificate);
        },
    };

    [LoggerMessage(
        LogLevel.Warning, "Could not write the deletion cost {Cost} of pod {Pod} ({Reason}); retrying in {Seconds:0.#} s")]
    private static partial void LogNotWritten(ILogger logger, int cost, string pod, string reason, double seconds);
}
