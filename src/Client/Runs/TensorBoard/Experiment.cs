using System.Text.Json;
using AdaptCluster.Sweeps.Planning;

namespace AdaptCluster.Client.Runs.TensorBoard;

/// <summary>Writes a hyperparameter's value as google.protobuf.Value (struct.proto).</summary>
internal static class HyperparameterValue
{
    /// <summary>Writes the value as a number or Boolean if it is one, otherwise as text.</summary>
    public static ProtoMessage Write(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Number => new ProtoMessage().Double(2, value.GetDouble()),
        JsonValueKind.True or JsonValueKind.False => new ProtoMessage().Integer(4, value.GetBoolean() ? 1 : 0),
        _ => new ProtoMessage().Text(3, new RunParameter("", value).Text),
    };

    /// <summary>Returns the DataType of api.proto: 1 for strings, 2 for Booleans, 3 for numbers.</summary>
    public static int Type(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Number => 3,
        JsonValueKind.True or JsonValueKind.False => 2,
        _ => 1,
    };
}

/// <summary>
/// The hyperparameters and metrics of all runs, from which the HPARAMS tab builds its columns and filters. They are collected while the
/// runs are written. For each hyperparameter, only a few values or the bounds are kept.
/// </summary>
/// <param name="sweep">The sweep.</param>
internal sealed class Experiment(RunSweep sweep)
{
    /// <summary>
    /// The maximum number of values that a filter lists. For a string with more values, the filter accepts a pattern instead.
    /// </summary>
    private const int MaxListed = 100;

    /// <summary>The columns of the table: a run's results and its final loss.</summary>
    private static readonly string[] Columns =
        [RunMetrics.Validation, RunMetrics.Test, RunMetrics.Loss, RunMetrics.Tokens, RunMetrics.Seconds, RunMetrics.Parameters];

    private readonly List<string> _order = [];
    private readonly Dictionary<string, Domain> _domains = [];
    private readonly HashSet<string> _metrics = [];

    /// <summary>Adds a run's parameters and metrics.</summary>
    public void Add(ExportedRun run)
    {
        foreach (var parameter in run.Parameters)
        {
            if (!_domains.TryGetValue(parameter.Name, out var domain))
            {
                _order.Add(parameter.Name);
                _domains.Add(parameter.Name, domain = new Domain(HyperparameterValue.Type(parameter.Value)));
            }
            domain.Add(parameter);
        }
        foreach (var step in run.Steps)
            foreach (var (metric, _) in step.Values) _metrics.Add(metric);
    }

    /// <summary>Returns the summary.</summary>
    public ProtoMessage Write()
    {
        var experiment = new ProtoMessage().Text(1, $"Sweep {sweep.Id}: {sweep.Name}").Double(3, EventFile.Seconds(sweep.Submitted));
        if (sweep.SubmittedBy is { } user) experiment.Text(2, user);
        foreach (var name in _order) experiment.Message(4, _domains[name].Write(new ProtoMessage().Text(1, name)));
        foreach (var metric in Columns.Where(_metrics.Contains))
        {
            experiment.Message(5, new ProtoMessage().Message(1, new ProtoMessage().Text(2, metric)).Text(3, metric)
                .Integer(5, metric switch { RunMetrics.Loss => 1, RunMetrics.Validation => 2, _ => 0 }));
        }
        return Summaries.HParams(Summaries.ExperimentTag, new ProtoMessage().Message(2, experiment));
    }

    /// <summary>The values of a hyperparameter.</summary>
    private sealed class Domain(int type)
    {
        private readonly Dictionary<string, JsonElement> _values = [];
        private double _least = double.PositiveInfinity, _most = double.NegativeInfinity;
        private int _type = type;

        public void Add(RunParameter parameter)
        {
            // If values have several types, such as a setting that is a number for one method and a string for another, the column is a
            // string.
            if (HyperparameterValue.Type(parameter.Value) != _type) _type = 1;
            if (_values.Count <= MaxListed) _values.TryAdd(parameter.Text, parameter.Value.Clone());
            if (parameter.Value.ValueKind != JsonValueKind.Number) return;
            var value = parameter.Value.GetDouble();
            (_least, _most) = (Math.Min(_least, value), Math.Max(_most, value));
        }

        public ProtoMessage Write(ProtoMessage info)
        {
            info.Integer(4, _type);
            if (_type == 3) info.Message(6, new ProtoMessage().Double(1, _least).Double(2, _most));
            else if (_values.Count <= MaxListed)
            {
                var list = new ProtoMessage();
                foreach (var (text, value) in _values)
                    list.Message(1, _type == 1 ? new ProtoMessage().Text(3, text) : HyperparameterValue.Write(value));
                info.Message(5, list);
            }
            return info.Integer(7, _values.Count > 1 ? 1 : 0);
        }
    }
}
