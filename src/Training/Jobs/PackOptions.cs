using TorchSharp;

namespace AdaptCluster.Training.Jobs;

/// <summary>
/// The options that determine how much the jobs of a pack share. They affect how long the jobs take, but not their results.
/// </summary>
public sealed record PackOptions
{
    /// <summary>
    /// The number of iterations whose losses stay on a GPU before they are read. A non-finite loss is detected at most this many iterations
    /// late.
    /// </summary>
    private const int UnreadOnGpu = 16;

    /// <summary>The maximum number of jobs that train in one step. Default: 1.</summary>
    public int Lanes { get; init; } = 1;

    /// <summary>
    /// The approximate limit on the memory of a step in bytes, excluding the backbone. A lane that needs more memory trains in a separate
    /// step. Default: no limit.
    /// </summary>
    public long StepBytes { get; init; } = long.MaxValue;

    /// <summary>
    /// Whether other threads decode and augment the next batches, including those of the next epoch, while a step runs. This helps on
    /// devices that leave the CPU free. Default: false.
    /// </summary>
    public bool PrepareAhead { get; init; }

    /// <summary>
    /// The number of iterations whose losses are read together, so that the CPU does not wait for an asynchronous device at each step. A
    /// loss that is not finite is detected up to that many iterations later, but reported for the iteration at which it occurred. Default:
    /// 1.
    /// </summary>
    public int UnreadLosses { get; init; } = 1;

    /// <summary>
    /// Whether the tensors of all lanes of a step are updated as one. This saves launches on devices that compute asynchronously. Default:
    /// false.
    /// </summary>
    public bool UpdateTogether { get; init; }

    /// <summary>Whether jobs that differ only in T_target are trained as one job until they diverge. Default: true.</summary>
    public bool ShareTrunks { get; init; } = true;

    /// <summary>Returns the options with which a silo trains on a device, with one lane.</summary>
    /// <param name="device">The device.</param>
    public static PackOptions For(torch.Device device) => device.type != DeviceType.CUDA ? new()
        : new() { PrepareAhead = true, UnreadLosses = UnreadOnGpu, UpdateTogether = true };
}
