using System.Security.Cryptography;

namespace AdaptCluster.Silo.Workers;

/// <summary>Shortens pauses at random, so that many workers do not come back all at once. Nothing that is computed depends on it.</summary>
internal static class Jitter
{
    /// <summary>Between half of a pause and all of it.</summary>
    public static TimeSpan Of(TimeSpan pause) => pause * (0.5 + RandomNumberGenerator.GetInt32(0, 1000) / 2000.0);
}
