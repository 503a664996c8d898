namespace AdaptCluster.Silo.Hosting;

/// <summary>How one silo runs.</summary>
public sealed record SiloSettings
{
    /// <summary>Folder of the store. Default: ".adaptcluster" under the current folder (ADAPTCLUSTER_HOME).</summary>
    public required string Home { get; init; }

    /// <summary>The store in <see cref="Home"/>.</summary>
    public string StoreFile => Path.Combine(Home, "store.db");

    /// <summary>Folders that backbones are named relative to, searched in order (ADAPTCLUSTER_MODELS).</summary>
    public required IReadOnlyList<string> ModelRoots { get; init; }

    /// <summary>Folder that data sets are named relative to (ADAPTCLUSTER_DATA).</summary>
    public required string DataRoot { get; init; }

    /// <summary>Workers, 0 for a silo that trains nothing. Default: one for each core, or one for a GPU.</summary>
    public required int Workers { get; init; }

    /// <summary>Threads of one worker's arithmetic. Default: 1. Results depend on it in the last digits.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>"cpu" or "cuda". Default: "cuda" where there is one.</summary>
    public required string Device { get; init; }

    /// <summary>Port of the Orleans silo on the loopback interface; 0 takes a free one.</summary>
    public int SiloPort { get; init; }

    /// <summary>Port of the Orleans gateway, where clients connect, on the loopback interface; 0 takes a free one.</summary>
    public int GatewayPort { get; init; }

    /// <summary>Whether log lines go to standard error.</summary>
    public bool Verbose { get; init; }

    /// <summary>Settings from environment variables, everything else at its default.</summary>
    /// <exception cref="Contracts.InvalidInputException">A variable has a value that cannot be used.</exception>
    public static SiloSettings FromEnvironment()
    {
        var device = TorchRuntime.BestDevice();
        return new SiloSettings
        {
            Home = Path.GetFullPath(Variable("ADAPTCLUSTER_HOME") ?? ".adaptcluster"),
            ModelRoots = [.. (Variable("ADAPTCLUSTER_MODELS") ?? "models").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries).Select(Path.GetFullPath)],
            DataRoot = Path.GetFullPath(Variable("ADAPTCLUSTER_DATA") ?? "."),
            Device = device,
            Workers = WholeNumber("ADAPTCLUSTER_WORKERS") ?? (device == "cpu" ? Environment.ProcessorCount : 1),
            Threads = WholeNumber("ADAPTCLUSTER_THREADS") ?? 1,
        };
    }

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;

    private static int? WholeNumber(string name)
    {
        if (Variable(name) is not { } text) return null;
        return int.TryParse(text, out var number) && number is >= 1 and <= 1024
            ? number
            : throw new Contracts.InvalidInputException($"{name}: found '{text}'; write a whole number from 1 to 1024.");
    }
}
