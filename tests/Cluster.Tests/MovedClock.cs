namespace AdaptCluster.Cluster.Tests;

/// <summary>A wall clock that can be moved under a running process, by libfaketime (package libfaketime).</summary>
internal sealed class MovedClock
{
    private readonly string _file;

    private MovedClock(string library, string folder)
    {
        _file = Path.Combine(folder, "clock");
        Environment = new()
        {
            ["LD_PRELOAD"] = library,
            ["FAKETIME_TIMESTAMP_FILE"] = _file,
            ["FAKETIME_CACHE_DURATION"] = "1",
            ["FAKETIME_DONT_FAKE_MONOTONIC"] = "1",
            // Otherwise timed waits on the monotonic clock return at once, and the runtime spins.
            ["FAKETIME_FORCE_MONOTONIC_FIX"] = "0",
        };
        Move("+0");
    }

    /// <summary>What a process needs to have this clock.</summary>
    public Dictionary<string, string> Environment { get; }

    /// <summary>Finds the library; null where it is not installed.</summary>
    public static MovedClock? Find(string folder) =>
        Directory.GetDirectories("/usr/lib").Select(place => Path.Combine(place, "faketime", "libfaketimeMT.so.1"))
            .FirstOrDefault(File.Exists) is { } library ? new(library, folder) : null;

    /// <summary>Moves it.</summary>
    /// <param name="seconds">From the true time, such as "-3600".</param>
    public void Move(string seconds) => File.WriteAllText(_file, seconds);
}
