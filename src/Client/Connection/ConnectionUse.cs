namespace AdaptCluster.Client.Connection;

/// <summary>What a command wants of a silo.</summary>
internal enum ConnectionUse
{
    /// <summary>Run sweeps: an embedded silo has workers.</summary>
    Train,

    /// <summary>Run sweeps, and show them: an embedded silo has workers and the web page.</summary>
    TrainAndShow,

    /// <summary>Look or control: an embedded silo has none.</summary>
    Look,

    /// <summary>Only read: a store at rest needs no silo.</summary>
    Read,
}
