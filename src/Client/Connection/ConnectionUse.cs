namespace AdaptCluster.Client.Connection;

/// <summary>What a command needs a connection for.</summary>
internal enum ConnectionUse
{
    /// <summary>Running sweeps: an embedded silo has workers.</summary>
    Train,

    /// <summary>Running and showing sweeps: an embedded silo has workers and the web page.</summary>
    TrainAndShow,

    /// <summary>Reading or controlling sweeps: an embedded silo has no workers.</summary>
    Look,

    /// <summary>Only reading: a store that no silo uses is read without one.</summary>
    Read,
}
