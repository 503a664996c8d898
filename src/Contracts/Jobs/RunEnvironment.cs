namespace AdaptCluster.Contracts.Jobs;

/// <summary>The environment that an attempt ran in. Together with the job's definition, it determines every digit of a result.</summary>
[GenerateSerializer, Immutable, Alias("RunEnvironment")]
public sealed record RunEnvironment
{
    /// <summary>AdaptCluster's version and the commit it was built from.</summary>
    [Id(0)] public required string Version { get; init; }

    /// <summary>The .NET runtime.</summary>
    [Id(1)] public required string Runtime { get; init; }

    /// <summary>The package versions, keyed by name: libtorch, TorchSharp, Orleans.</summary>
    [Id(2)] public required SortedDictionary<string, string> Packages { get; init; }

    /// <summary>The device, such as "cpu (x86-64)" or the name of a GPU.</summary>
    [Id(3)] public required string Device { get; init; }

    /// <summary>The number of compute threads.</summary>
    [Id(4)] public required int Threads { get; init; }

    /// <summary>The operating system.</summary>
    [Id(5)] public required string System { get; init; }
}
