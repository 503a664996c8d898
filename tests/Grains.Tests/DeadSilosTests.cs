using System.Net;
using AdaptCluster.Grains.Placement;

namespace AdaptCluster.Grains.Tests;

/// <summary>Who gets no lease because what it begins is lost as soon as it hears that the cluster has given it up.</summary>
public sealed class DeadSilosTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(false, SiloStatus.Active)]
    [InlineData(false, SiloStatus.ShuttingDown)]
    [InlineData(true, SiloStatus.Dead)]
    [InlineData(true, SiloStatus.Dead, SiloStatus.Dead)]
    [InlineData(false, SiloStatus.Dead, SiloStatus.Active)]
    [InlineData(false, SiloStatus.Dead, SiloStatus.Joining)]
    public void A_silo_is_dead_when_all_of_its_name_are(bool isDead, params SiloStatus[] lives)
    {
        ClusterMember[] members =
        [
            new(SiloAddress.New(IPAddress.Loopback, 1, 1), SiloStatus.Dead, "gpu-1"),
            .. lives.Select((status, life) => new ClusterMember(SiloAddress.New(IPAddress.Loopback, 2, life), status, "gpu-0")),
        ];

        Assert.Equal(isDead, DeadSilos.Names(members).Contains("gpu-0"));
    }
}
