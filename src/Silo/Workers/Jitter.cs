using System.Security.Cryptography;

namespace AdaptCluster.Silo.Workers;

/// <summary>
/// Shortens delays by a random amount so that many workers do not retry at the same time. Results do not depend on the jitter.
/// </summary>
internal static class Jitter
{
    /// <summary>Returns a random delay between half of the given delay and the full delay.</summary>
    public static TimeSpan Of(TimeSpan pause) => pause * (0.5 + RandomNumberGenerator.GetInt32(0, 1000) / 2000.0);
}
