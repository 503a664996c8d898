namespace AdaptCluster.Client.Connection;

/// <summary>The purpose of a command's connection.</summary>
internal enum ConnectionUse
{
    /// <summary>To run sweeps; an embedded silo has workers.</summary>
    Train,

    /// <summary>To run sweeps and show them on a web page; an embedded silo has workers and serves the page.</summary>
    TrainAndShow,

    /// <summary>To read or control sweeps; an embedded silo has no workers.</summary>
    Look,

    /// <summary>To read sweeps only; if no silo uses the store, the store is read without starting one.</summary>
    Read,
}
