namespace AdaptCluster.Silo.Tests;

/// <summary>Tests that measure the process, such as its memory, and therefore run beside no others.</summary>
[CollectionDefinition(DisableParallelization = true)]
public sealed class AloneCollection;
