namespace AdaptCluster.Client.Runs;

/// <summary>Writes runs for one tool, one after another.</summary>
internal interface IRunWriter : IDisposable
{
    /// <summary>Writes a run.</summary>
    void Write(ExportedRun run);

    /// <summary>Writes the data that depends on all runs, after the last run.</summary>
    void End();
}
