namespace AdaptCluster.Client.Runs;

/// <summary>Writes runs for one tool, one after the other.</summary>
internal interface IRunWriter : IDisposable
{
    /// <summary>Writes a run.</summary>
    void Write(ExportedRun run);

    /// <summary>Writes what follows from all runs.</summary>
    void End();
}
