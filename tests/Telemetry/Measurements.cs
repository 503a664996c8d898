using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;

namespace AdaptCluster.Tests;

/// <summary>Every measurement of the meters that it makes, in order.</summary>
internal sealed class Measurements : IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly MeterListener _listener = new();
    private readonly List<(string Instrument, string Labels, double Value)> _all = [];

    public Measurements()
    {
        var meters = Meters;
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (ReferenceEquals(instrument.Meter.Scope, meters)) listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, labels, _) => Add(instrument, value, labels));
        _listener.SetMeasurementEventCallback<int>((instrument, value, labels, _) => Add(instrument, value, labels));
        _listener.SetMeasurementEventCallback<double>((instrument, value, labels, _) => Add(instrument, value, labels));
        _listener.Start();
    }

    public IMeterFactory Meters => _services.GetRequiredService<IMeterFactory>();

    /// <summary>What a scrape would see of the gauges now, and nothing that was measured before.</summary>
    public Measurements Scrape()
    {
        lock (_all) _all.Clear();
        _listener.RecordObservableInstruments();
        return this;
    }

    /// <summary>The measurements of an instrument with these labels, written as label=value, and no others.</summary>
    public List<double> All(string instrument, params string[] labels)
    {
        lock (_all)
            return [.. _all.Where(one => one.Instrument == instrument && one.Labels == string.Join(',', labels)).Select(one => one.Value)];
    }

    public double Sum(string instrument, params string[] labels) => All(instrument, labels).Sum();

    public void Dispose()
    {
        _listener.Dispose();
        _services.Dispose();
    }

    private void Add(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> labels)
    {
        var text = string.Join(',', labels.ToArray().Select(label => $"{label.Key}={label.Value}"));
        lock (_all) _all.Add((instrument.Name, text, value));
    }
}
