using AdaptCluster.Client.Output;

namespace AdaptCluster.Client.Runs.TensorBoard;

/// <summary>
/// Writes a folder with an event file for each run, and next to them an event file for the experiment. <c>tensorboard --logdir</c> shows
/// scalars, the table of hyperparameters and the tags as text.
/// </summary>
/// <param name="folder">The folder, which must exist.</param>
/// <param name="sweep">The sweep.</param>
internal sealed class TensorBoardWriter(string folder, RunSweep sweep) : IRunWriter
{
    private const int MaxNameLength = 80;

    private readonly DateTimeOffset _submitted = sweep.Submitted;
    private readonly Experiment _experiment = new(sweep);

    /// <summary>
    /// Returns the folder name of a run: its name, made safe for file systems, and the job's id, which makes it unique.
    /// </summary>
    public static string FolderOf(ExportedRun run)
    {
        var name = FileNames.Of(run.Name.Replace(" · ", "_", StringComparison.Ordinal));
        return $"{name[..Math.Min(name.Length, MaxNameLength)]}_{run.Job}";
    }

    public void Write(ExportedRun run)
    {
        _experiment.Add(run);
        using var events = new EventFile(Directory.CreateDirectory(Path.Combine(folder, FolderOf(run))).FullName, run.Started);
        events.Append(run.Started, 0, Summaries.SessionStart(run));
        events.Append(run.Started, 0, Summaries.Text("about", About(run)));
        foreach (var step in run.Steps) events.Append(step.Time, step.Step, Summaries.Scalars(step.Values));
        if (run.Ended is { } ended)
            events.Append(ended, run.Steps.Length > 0 ? run.Steps[^1].Step : 0, Summaries.SessionEnd(run.State, ended));
    }

    public void End()
    {
        using var events = new EventFile(folder, _submitted);
        events.Append(_submitted, 0, _experiment.Write());
    }

    public void Dispose()
    {
    }

    private static string About(ExportedRun run)
    {
        var rows = run.Tags.Select(tag => $"| {ModelCard.Text(tag.Key)} | {ModelCard.Text(tag.Value)} |\n");
        return $"{ModelCard.Text(run.Name)}\n\n| tag | value |\n| --- | --- |\n{string.Concat(rows)}";
    }
}
