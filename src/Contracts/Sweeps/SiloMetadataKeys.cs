namespace AdaptCluster.Contracts.Sweeps;

/// <summary>The keys of the metadata that a silo publishes about itself.</summary>
public static class SiloMetadataKeys
{
    /// <summary>The silo's role: "control", "gpu" or "all".</summary>
    public const string Role = "role";

    /// <summary>The pool whose queue the silo's workers serve.</summary>
    public const string Pool = "pool";

    /// <summary>The device that the silo's workers train on.</summary>
    public const string Device = "device";

    /// <summary>The memory of the device, in MiB.</summary>
    public const string MemoryMebibytes = "memory-mib";

    /// <summary>The silo's name.</summary>
    public const string Name = "name";

    /// <summary>The number of the silo's workers.</summary>
    public const string Workers = "workers";

    /// <summary>The trainer version that the silo's workers run.</summary>
    public const string Trainer = "trainer";

    /// <summary>The maximum number of jobs that one of the silo's workers trains in one step.</summary>
    public const string Lanes = "lanes";

    /// <summary>The role of silos that only train.</summary>
    public const string GpuRole = "gpu";

    /// <summary>The role of silos that only host grains.</summary>
    public const string ControlRole = "control";
}
