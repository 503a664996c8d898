using System.Globalization;
using System.Text;
using System.Text.Json;
using AdaptCluster.Sweeps.Reports;

namespace AdaptCluster.Client.Runs;

/// <summary>
/// Writes two tables: runs.csv, with one line per run, including its configuration and tags as JSON, and metrics.csv, with one line per
/// value.
/// </summary>
internal sealed class CsvRunWriter : IRunWriter
{
    private static readonly string[] Tags =
        ["sweep", "sweep_name", "arm", "method", "dataset", "seed", "state", "trainer_version"];

    private static readonly string[] Results =
        [RunMetrics.Validation, RunMetrics.Test, RunMetrics.Seconds, RunMetrics.Parameters, RunMetrics.MultiplyAdds];

    /// <summary>A UTF-8 encoding that replaces an unpaired surrogate with U+FFFD, as the other formats do.</summary>
    private static readonly UTF8Encoding Forgiving = new(encoderShouldEmitUTF8Identifier: false);

    private readonly StreamWriter _runs, _metrics;

    /// <summary>Creates the two files and writes their headers.</summary>
    /// <param name="folder">The folder, which must exist.</param>
    public CsvRunWriter(string folder)
    {
        _runs = new StreamWriter(Path.Combine(folder, "runs.csv"), append: false, Forgiving);
        _metrics = new StreamWriter(Path.Combine(folder, "metrics.csv"), append: false, Forgiving);
        string[] columns =
            ["run", "name", .. Tags, "started", "ended", .. Results.Select(name => name[(name.IndexOf('/') + 1)..]), "config", "tags"];
        Line(_runs, columns);
        Line(_metrics, ["run", "step", "time", "metric", "value"]);
    }

    public void Write(ExportedRun run)
    {
        var (id, tags) = (run.Job.Value, run.Tags.ToDictionary());
        var found = run.Steps.SelectMany(step => step.Values).Where(value => Results.Contains(value.Metric)).ToDictionary();
        Line(_runs,
        [
            id, TableWriter.Quote(run.Name), .. Tags.Select(tag => TableWriter.Quote(tags.GetValueOrDefault(tag, ""))),
            Time(run.Started), run.Ended is { } ended ? Time(ended) : "",
            .. Results.Select(name => found.TryGetValue(name, out var value) ? RunMetrics.Text(value) : ""),
            TableWriter.Quote(Config(run)), TableWriter.Quote(JsonSerializer.Serialize(tags)),
        ]);
        foreach (var step in run.Steps)
        {
            var (number, time) = (step.Step.ToString(CultureInfo.InvariantCulture), Time(step.Time));
            foreach (var (metric, value) in step.Values) Line(_metrics, [id, number, time, metric, RunMetrics.Text(value)]);
        }
    }

    public void End()
    {
    }

    public void Dispose()
    {
        _runs.Dispose();
        _metrics.Dispose();
    }

    private static void Line(StreamWriter table, IEnumerable<string> fields)
    {
        table.Write(string.Join(',', fields));
        table.Write('\n');
    }

    private static string Time(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);

    private static string Config(ExportedRun run)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            foreach (var parameter in run.Parameters)
            {
                json.WritePropertyName(parameter.Name);
                parameter.Value.WriteTo(json);
            }
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(bytes.GetBuffer(), 0, (int)bytes.Length);
    }
}
