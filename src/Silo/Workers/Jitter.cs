using System.Security.Cryptography;

namespace AdaptCluster.Silo.Workers;

/// <summary>Shortens delays at random, so that many workers do not retry at the same time. No computed result depends on it.</summary>
internal static class Jitter
{
    /// <summary>Returns a random delay between half of the given one and all of it.</summary>
    public static TimeSpan Of(TimeSpan pause) => pause * (0.5 + RandomNumberGenerator.GetInt32(0, 1000) / 2000.0);
}
