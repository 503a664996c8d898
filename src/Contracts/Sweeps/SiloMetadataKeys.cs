namespace AdaptCluster.Contracts.Sweeps;

/// <summary>The names under which a silo declares what it is.</summary>
public static class SiloMetadataKeys
{
    /// <summary>"control", "gpu" or "all".</summary>
    public const string Role = "role";

    /// <summary>The pool whose queue its workers serve.</summary>
    public const string Pool = "pool";

    /// <summary>The device its workers train on.</summary>
    public const string Device = "device";

    /// <summary>Memory of that device in MiB.</summary>
    public const string MemoryMebibytes = "memory-mib";

    /// <summary>The name it is known by.</summary>
    public const string Name = "name";

    /// <summary>How many workers it has.</summary>
    public const string Workers = "workers";

    /// <summary>The trainer version that its workers run.</summary>
    public const string Trainer = "trainer";

    /// <summary>The role of silos that only train.</summary>
    public const string GpuRole = "gpu";

    /// <summary>The role of silos that only host the grains.</summary>
    public const string ControlRole = "control";
}
