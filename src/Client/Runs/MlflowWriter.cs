using System.Globalization;
using System.Text;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Sweeps;

namespace AdaptCluster.Client.Runs;

/// <summary>
/// Writes MLflow's file store, as one experiment with a run per job: EXPERIMENT/meta.yaml, and in EXPERIMENT/RUN a meta.yaml and a file
/// for each parameter, metric and tag (mlflow/store/tracking/file_store.py). A metric's file has a line "time value step" for each step.
/// </summary>
internal sealed class MlflowWriter : IRunWriter
{
    /// <summary>MLflow's maximum lengths for a parameter value, a tag value and a name.</summary>
    private const int MaxParameter = 6000, MaxTag = 5000, MaxName = 250;

    /// <summary>MLflow's SourceType for a run that was started neither by a project nor by a notebook.</summary>
    private const int LocalSource = 4;

    private readonly string _folder, _experiment;
    private readonly Uri _store;

    /// <summary>Writes the experiment's folder and metadata.</summary>
    /// <param name="folder">The folder, which must exist.</param>
    /// <param name="path">The folder's final path, which artifact locations contain.</param>
    /// <param name="sweep">The sweep.</param>
    public MlflowWriter(string folder, string path, RunSweep sweep)
    {
        // MLflow's own ids are numbers too. They must differ between exports that are imported into the same database.
        var id = long.Parse(TextHash.Of(sweep.Id.Value).AsSpan(0, 15), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        _experiment = (100_000_000_000_000_000 + id % 900_000_000_000_000_000).ToString(CultureInfo.InvariantCulture);
        (_folder, _store) = (Path.Combine(folder, _experiment), new Uri(path + "/"));
        var created = Milliseconds(sweep.Submitted);
        Yaml(_folder,
        [
            ("artifact_location", Quote(Place(_experiment))), ("creation_time", created), ("experiment_id", Quote(_experiment)),
            ("last_update_time", created), ("lifecycle_stage", "active"), ("name", Quote(sweep.Id.Value)),
        ]);
        Write(Path.Combine(_folder, "tags"), "adaptcluster.sweep_name", Cut(sweep.Name, MaxTag));
    }

    /// <summary>Returns the id of a job's run. The job's own id would be the same in every sweep that contains the job.</summary>
    public static string RunId(ExportedRun run) => TextHash.Of($"{run.Sweep.Id}/{run.Job}")[..32];

    /// <summary>
    /// Returns a name that MLflow accepts and that cannot refer to another folder. A changed name ends with part of the original name's
    /// hash, so that no two names collide.
    /// </summary>
    public static string NameOf(string name)
    {
        var safe = new string([.. name.Select(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.' or ' ' ? c : '_')]);
        return safe == name && name.Length <= MaxName && name.Trim('.', ' ').Length == name.Length && name.Length > 0 ? name
            : $"{safe[..Math.Min(safe.Length, 200)].Trim('.', ' ')}-{TextHash.Of(name)[..16]}";
    }

    public void Write(ExportedRun run)
    {
        var id = RunId(run);
        var folder = Path.Combine(_folder, id);
        var name = PrintableText.OneLine(run.Name);
        Yaml(folder,
        [
            ("artifact_uri", Quote(Place($"{_experiment}/{id}/artifacts"))),
            ("deleted_time", "null"), ("end_time", run.Ended is { } ended ? Milliseconds(ended) : "null"), ("entry_point_name", "''"),
            ("experiment_id", Quote(_experiment)), ("lifecycle_stage", "active"), ("run_id", Quote(id)), ("run_name", Quote(name)),
            ("run_uuid", Quote(id)), ("source_name", "''"), ("source_type", $"{LocalSource}"), ("source_version", "''"),
            ("start_time", Milliseconds(run.Started)), ("status", $"{Status(run.State)}"), ("tags", "[]"),
            ("user_id", Quote(run.Sweep.SubmittedBy ?? "")),
        ]);
        foreach (var part in (string[])["artifacts", "metrics", "params", "tags"]) Directory.CreateDirectory(Path.Combine(folder, part));
        foreach (var parameter in run.Parameters)
            Write(Path.Combine(folder, "params"), NameOf(parameter.Name), Cut(parameter.Text, MaxParameter));
        Write(Path.Combine(folder, "tags"), "mlflow.runName", Cut(name, MaxTag));
        if (run.Sweep.SubmittedBy is { } user) Write(Path.Combine(folder, "tags"), "mlflow.user", Cut(user, MaxTag));
        foreach (var (tag, value) in run.Tags)
            Write(Path.Combine(folder, "tags"), NameOf($"adaptcluster.{tag}"), Cut(value, MaxTag));
        foreach (var metric in run.Steps.SelectMany(step => step.Values.Select(value => (value.Metric, Line: string.Create(
            CultureInfo.InvariantCulture, $"{Milliseconds(step.Time)} {RunMetrics.Text(value.Value)} {step.Step}\n"))))
            .GroupBy(value => value.Metric))
        {
            // MLflow stores the part of a metric's name before a slash as a folder, and joins the two again.
            var file = Path.Combine(folder, "metrics", metric.Key);
            Write(Path.GetDirectoryName(file)!, Path.GetFileName(file), string.Concat(metric.Select(value => value.Line)));
        }
    }

    public void End()
    {
    }

    public void Dispose()
    {
    }

    /// <summary>Returns MLflow's RunStatus for a job state.</summary>
    private static int Status(JobState state) => state switch
    {
        JobState.Running => 1,
        JobState.Queued => 2,
        JobState.Completed => 3,
        JobState.Failed => 4,
        _ => 5,
    };

    private string Place(string below) => new Uri(_store, below).AbsoluteUri;

    private static string Milliseconds(DateTimeOffset time) => time.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);

    /// <summary>Truncates a string to MLflow's limit, never between the halves of a surrogate pair.</summary>
    private static string Cut(string text, int most) =>
        text.Length <= most ? text : $"{text[..(most - (char.IsHighSurrogate(text[most - 2]) ? 2 : 1))]}…";

    private static void Write(string folder, string name, string text)
    {
        Directory.CreateDirectory(folder);
        using var file = new FileStream(Path.Combine(folder, name), FileMode.CreateNew);
        file.Write(Encoding.UTF8.GetBytes(text));
    }

    private static void Yaml(string folder, (string Key, string Value)[] pairs) =>
        Write(folder, "meta.yaml", string.Concat(pairs.Select(pair => $"{pair.Key}: {pair.Value}\n")));

    /// <summary>Formats a string as a double-quoted YAML scalar.</summary>
    private static string Quote(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune.Value is '"' or '\\') quoted.Append('\\').Append((char)rune.Value);
            // Characters that YAML calls printable are written unchanged; a line separator would end the line.
            else if (Rune.IsControl(rune) || rune.Value is 0x2028 or 0x2029 or 0xfeff or 0xfffe or 0xffff)
                quoted.Append(CultureInfo.InvariantCulture, $"\\u{rune.Value:x4}");
            else quoted.Append(rune);
        }
        return quoted.Append('"').ToString();
    }
}
