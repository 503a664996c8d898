using Orleans.Placement;

namespace AdaptCluster.Silo.Tests.Security;

/// <summary>Gives back what it gets, and says where it lives.</summary>
[Alias("test-echo")]
public interface IEchoGrain : IGrainWithIntegerKey
{
    [Alias("echo")]
    Task<byte[]> EchoAsync(byte[] bytes);

    [Alias("where")]
    Task<string> WhereAsync();
}

[GrainType("test-echo"), RandomPlacement]
internal sealed class EchoGrain : Grain, IEchoGrain
{
    public Task<byte[]> EchoAsync(byte[] bytes) => Task.FromResult(bytes);

    public Task<string> WhereAsync() => Task.FromResult(RuntimeIdentity);
}
