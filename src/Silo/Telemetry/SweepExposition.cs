using System.Buffers;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;
using AdaptCluster.Grains.Telemetry;

namespace AdaptCluster.Silo.Telemetry;

/// <summary>
/// Writes the current gauges for sweeps and cells in Prometheus formats. The exporter keeps an entry for every combination of labels that
/// it has seen and never frees it, so a long-running control silo would eventually show no new sweeps. These instruments are therefore
/// excluded from the exporter, and written after its output.
/// </summary>
/// <param name="meters">The factory of the silo's instruments.</param>
internal sealed class SweepExposition(IMeterFactory meters)
{
    private const string OpenMetrics = "application/openmetrics-text";

    private static readonly string[] Names = ["adaptcluster.jobs", "adaptcluster.sweep.", "adaptcluster.cell."];

    /// <summary>The last line of a response in OpenMetrics format.</summary>
    private static readonly byte[] End = "# EOF\n"u8.ToArray();

    /// <summary>Whether this class, rather than the exporter, writes an instrument.</summary>
    public static bool Has(Instrument instrument) => instrument.Meter.Name == ClusterTelemetry.Name
        && Names.Any(start => instrument.Name.StartsWith(start, StringComparison.Ordinal));

    /// <summary>Responds to a scrape with the exporter's output followed by the gauges.</summary>
    /// <param name="context">The request.</param>
    /// <param name="exporter">The exporter.</param>
    public async Task AnswerAsync(HttpContext context, RequestDelegate exporter)
    {
        // The exporter would compress its output, and nothing can be appended to compressed output.
        context.Request.Headers.AcceptEncoding = default;
        var (response, body) = (context.Response, context.Response.Body);
        using var exported = new MemoryStream();
        response.Body = exported;
        try
        {
            await exporter(context);
        }
        finally
        {
            response.Body = body;
        }
        var all = exported.GetBuffer().AsMemory(0, (int)exported.Length);
        if (response.StatusCode != StatusCodes.Status200OK)
        {
            await body.WriteAsync(all, context.RequestAborted);
            return;
        }
        response.ContentLength = null;
        response.ContentType ??= "text/plain; charset=utf-8; version=0.0.4";
        var isOpen = response.ContentType.StartsWith(OpenMetrics, StringComparison.Ordinal);
        if (isOpen && all.Span.EndsWith(End)) all = all[..^End.Length];
        var gauges = new ArrayBufferWriter<byte>();
        Write(gauges, withUnits: isOpen);
        if (isOpen) gauges.Write(End);
        await body.WriteAsync(all, context.RequestAborted);
        await body.WriteAsync(gauges.WrittenMemory, context.RequestAborted);
    }

    /// <summary>Writes the gauges.</summary>
    private void Write(IBufferWriter<byte> output, bool withUnits)
    {
        var begun = new HashSet<Instrument>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, listening) =>
        {
            if (ReferenceEquals(instrument.Meter.Scope, meters) && Has(instrument)) listening.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, labels, _) =>
            Add(instrument, value.ToString(CultureInfo.InvariantCulture), labels));
        listener.SetMeasurementEventCallback<double>((instrument, value, labels, _) => Add(instrument, Number(value), labels));
        listener.Start();
        listener.RecordObservableInstruments();

        void Add(Instrument instrument, string value, ReadOnlySpan<KeyValuePair<string, object?>> labels)
        {
            var name = Name(instrument);
            if (begun.Add(instrument)) Text(output, Head(instrument, name, withUnits));
            Text(output, Sample(name, labels, value));
        }
    }

    private static string Head(Instrument instrument, string name, bool withUnits)
    {
        var unit = withUnits && Unit(instrument) is { } written ? $"# UNIT {name} {written}\n" : "";
        return $"# TYPE {name} gauge\n{unit}# HELP {name} {Escape(instrument.Description ?? "", quotes: false)}\n";
    }

    private static string Sample(string name, ReadOnlySpan<KeyValuePair<string, object?>> labels, string value)
    {
        var line = new StringBuilder(name).Append('{');
        for (var i = 0; i < labels.Length; i++)
        {
            if (i > 0) line.Append(',');
            var text = Convert.ToString(labels[i].Value, CultureInfo.InvariantCulture) ?? "";
            line.Append(labels[i].Key).Append("=\"").Append(Escape(text, quotes: true)).Append('"');
        }
        return line.Append("} ").Append(value).Append('\n').ToString();
    }

    /// <summary>Returns an instrument's Prometheus name, with the unit as its suffix.</summary>
    private static string Name(Instrument instrument)
    {
        var name = instrument.Name.Replace('.', '_');
        return Unit(instrument) is { } unit ? $"{name}_{unit}" : name;
    }

    /// <summary>Returns the name of an instrument's unit; null if it has no unit or a unit in braces, which stands for a count.</summary>
    private static string? Unit(Instrument instrument) => instrument.Unit switch
    {
        null or "" => null,
        "s" => "seconds",
        ['{', ..] => null,
        var other => throw new InvalidOperationException($"{instrument.Name}: the unit '{other}' has no name in the exposition format."),
    };

    private static string Number(double value) => value switch
    {
        double.PositiveInfinity => "+Inf",
        double.NegativeInfinity => "-Inf",
        _ => value.ToString("R", CultureInfo.InvariantCulture),
    };

    private static string Escape(string text, bool quotes)
    {
        text = text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
        return quotes ? text.Replace("\"", "\\\"", StringComparison.Ordinal) : text;
    }

    private static void Text(IBufferWriter<byte> output, string text) => Encoding.UTF8.GetBytes(text, output);
}
