using System.Net;
using Google.Protobuf;

namespace AdaptCluster.Cluster.Tests;

/// <summary>
/// Takes traces by OTLP over HTTP, as a collector does, and reads of opentelemetry/proto/trace/v1/trace.proto what the tests need.
/// </summary>
internal sealed class TraceCollector : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly List<Span> _spans = [];
    private readonly Task _serving;

    public TraceCollector()
    {
        Endpoint = new Uri($"http://127.0.0.1:{FreePort.Find()}");
        _listener.Prefixes.Add($"{Endpoint}v1/traces/");
        _listener.Start();
        _serving = ServeAsync();
    }

    public Uri Endpoint { get; }

    /// <summary>What has come so far.</summary>
    public Span[] Spans
    {
        get { lock (_spans) return [.. _spans]; }
    }

    /// <summary>A header that the silos were told to send with each request came with each.</summary>
    public bool AllAuthorized { get; private set; } = true;

    public void Dispose()
    {
        _listener.Stop();
        _serving.GetAwaiter().GetResult();
        _listener.Close();
    }

    private async Task ServeAsync()
    {
        while (_listener.IsListening)
        {
            HttpListenerContext context;
            try
            {
                context = await _listener.GetContextAsync();
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                return;
            }
            using var body = new MemoryStream();
            await context.Request.InputStream.CopyToAsync(body);
            AllAuthorized &= context.Request.Headers["x-tenant"] == "tests";
            // ExportTraceServiceRequest.resource_spans (1) > ResourceSpans.scope_spans (2) > ScopeSpans.spans (2)
            lock (_spans)
                _spans.AddRange(Fields(ByteString.CopyFrom(body.ToArray()), 1).SelectMany(resource => Fields(resource, 2))
                    .SelectMany(scope => Fields(scope, 2)).Select(Read));
            context.Response.ContentType = "application/x-protobuf";
            context.Response.Close();
        }
    }

    private static Span Read(ByteString span)
    {
        ByteString Field(int number) => Fields(span, number).FirstOrDefault() ?? ByteString.Empty;
        string Id(int number) => Convert.ToHexStringLower(Field(number).Span);
        // KeyValue.key (1), KeyValue.value (2) > AnyValue.string_value (1)
        var texts = Fields(span, 9).Where(pair => Fields(Fields(pair, 2).First(), 1).Any())
            .ToDictionary(pair => Fields(pair, 1).First().ToStringUtf8(), pair =>
                Fields(Fields(pair, 2).First(), 1).First().ToStringUtf8());
        return new Span(Id(1), Id(2), Id(4), Field(5).ToStringUtf8(), texts);
    }

    /// <summary>The texts, bytes and messages under a number.</summary>
    private static IEnumerable<ByteString> Fields(ByteString message, int number)
    {
        var input = message.CreateCodedInput();
        for (var tag = input.ReadTag(); tag != 0; tag = input.ReadTag())
        {
            if (WireFormat.GetTagFieldNumber(tag) == number && WireFormat.GetTagWireType(tag) == WireFormat.WireType.LengthDelimited)
                yield return input.ReadBytes();
            else input.SkipLastField();
        }
    }

    /// <summary>One span with its attributes that are texts; ids in hexadecimal, empty for none.</summary>
    internal sealed record Span(string Trace, string Id, string Parent, string Name, Dictionary<string, string> Texts);
}
