using System.CommandLine;
using AdaptCluster.Client.Connection;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Queue;
using AdaptCluster.Sweeps.Planning;
using AdaptCluster.Sweeps.Specs;

namespace AdaptCluster.Client.Commands;

/// <summary>Arguments and options that several commands share.</summary>
internal static class CommonOptions
{
    public static Argument<string> SpecFile() =>
        new("FILE") { Description = "The sweep's spec: a JSON or YAML file, or a pipe such as /dev/stdin." };

    public static Argument<string> SweepId(Connector connector) => new("ID")
    {
        Description = "A sweep's id, an unambiguous prefix of it, or 'latest'.",
        CompletionSources = { context => KnownIds.Sweeps(connector, context) },
    };

    public static Option<bool> Json() => new("--json") { Description = "Print only JSON on standard output." };

    public static Option<string> Job(Connector connector) => new("--job")
    {
        Description = "The job's id, or an unambiguous prefix of it.",
        Required = true,
        CompletionSources = { context => KnownIds.Jobs(connector, context) },
    };

    /// <summary>Creates the option for the cluster whose sweeps a command reads or changes.</summary>
    /// <param name="connector">The connector; the help text depends on its embedded mode.</param>
    /// <param name="otherwise">A clause for the help text: the behaviour of the full program without a cluster.</param>
    public static Option<string?> Cluster(Connector connector, string otherwise = "the command uses the sweeps in the home folder") =>
        Cluster("The cluster to use", connector, otherwise);

    /// <summary>Creates the option for the cluster that runs a command's jobs.</summary>
    /// <param name="connector">The connector; the help text depends on its embedded mode.</param>
    public static Option<string?> ClusterToRunOn(Connector connector) =>
        Cluster("The cluster to train on", connector, "this process trains, and runs until the sweep ends");

    /// <summary>Creates the option for the store that a command migrates; gateways cannot be used for this.</summary>
    public static Option<string?> Store() => Address("The store to migrate: a PostgreSQL connection string or postgresql:// URI "
        + "(or set ADAPTCLUSTER_CLUSTER). Without it, Store:ConnectionString is used.");

    private static Option<string?> Cluster(string what, Connector connector, string otherwise) =>
        Address($"{what}: its gateways, such as host:30000,host:30000, or its PostgreSQL connection string (or set ADAPTCLUSTER_CLUSTER). "
            + (connector.Embedded is null ? "This client requires it." : $"Without it, {otherwise}."));

    private static Option<string?> Address(string description) => new("--cluster")
    {
        Description = description,
        DefaultValueFactory = _ => Environment.GetEnvironmentVariable("ADAPTCLUSTER_CLUSTER") is { Length: > 0 } value ? value : null,
    };

    /// <summary>Creates the option that suppresses progress.</summary>
    public static Option<bool> Quiet() => new("--quiet") { Description = "Print only the result and errors, no progress." };

    public static Option<int?> Priority() =>
        CheckedOptions.WholeNumber("--priority", "Sweeps with a higher priority run first. Default: 0.");

    public static Option<int?> Parallel() =>
        CheckedOptions.WholeNumber("--parallel", "Maximum number of packs that train at once; 0, the default, means no limit.", least: 0);

    public static Option<string?> Pool()
    {
        var pool = new Option<string?>("--pool") { Description = "The pool of silos to train on. Default: the control silo's pool." };
        pool.Validators.Add(result =>
            { if (result.GetValue(pool) is { } name && !PoolName.IsValid(name)) result.AddError($"--pool: write {PoolName.Rule}"); });
        return pool;
    }

    public static Option<bool> Web() => new("--web")
    {
        Description = "Without a cluster: also serve a web page on the loopback interface until the sweep ends.",
    };

    public static Option<string[]> Set() => new("--set")
    {
        Description = "Change a value in the spec, such as train.epochs=2; may be given several times.",
        DefaultValueFactory = _ => [],
    };

    /// <summary>Reads a spec's text and applies <c>--set</c> and <c>--name</c>.</summary>
    /// <exception cref="InvalidInputException">The file cannot be read.</exception>
    public static async Task<string> ReadSpecAsync(string file, IEnumerable<string> assignments, CancellationToken cancellation)
    {
        if (file.Length == 0) throw new InvalidInputException("FILE: found an empty value; write the path of a spec.");
        try
        {
            var info = new FileInfo(file);
            if (info.Exists && info.Length > SpecParser.MaxBytes)
                throw new InvalidInputException(
                    $"{file}: the file has {info.Length} bytes; the limit for a spec is {SpecParser.MaxBytes} bytes.");
            if (Directory.Exists(file)) throw new InvalidInputException(
                $"{file}: is a folder; write the path of a spec file (JSON or YAML).");
            if (FileKind.Problem(file) is { } problem && !FileKind.IsPipe(file))
                throw new InvalidInputException($"{file}: {problem}; write the spec into a file.");
            return SpecEdit.Apply(await ReadTextAsync(file, cancellation), [.. assignments], file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            var why = e is not (FileNotFoundException or DirectoryNotFoundException) ? e.Message.TrimEnd('.')
                : $"there is no such file; {(file == "-" ? "to read standard input, write /dev/stdin" : "check the path")}";
            throw new InvalidInputException($"{file}: {why}.", e);
        }
    }

    /// <summary>Reads a file or a pipe. The length of a pipe is unknown until its end.</summary>
    private static async Task<string> ReadTextAsync(string file, CancellationToken cancellation)
    {
        // Opening a named pipe blocks until another process writes to it; the wait can be cancelled.
        await using var stream = await Task.Run(() => File.OpenRead(file), cancellation).WaitAsync(cancellation);
        using var text = new MemoryStream();
        var block = new byte[64 << 10];
        for (int read; (read = await stream.ReadAsync(block, cancellation)) > 0;)
        {
            text.Write(block, 0, read);
            if (text.Length <= SpecParser.MaxBytes) continue;
            throw new InvalidInputException(
                $"{file}: the input has more than {SpecParser.MaxBytes} bytes, the limit for a spec; check that it contains "
                + "only one spec.");
        }
        text.Position = 0;
        using var reader = new StreamReader(text);
        return await reader.ReadToEndAsync(cancellation);
    }

    /// <summary>Warns if no silo serves a pool. With an embedded silo this is an error, since no other silo can join.</summary>
    /// <exception cref="InvalidInputException">The sweep would wait forever in this process.</exception>
    public static async Task CheckPoolAsync(SweepConnection connection, string? pool, TextWriter error, string named = "--pool")
    {
        if (pool is null) return;
        var served = ServedPools.Of((await connection.Front.ClusterAsync()).Silos.Select(silo => silo.Metadata));
        if (served.Serves(pool)) return;
        var found =
            $"{named} {pool}: no silo serves this pool; "
                + $"{(served.Names.Any() ? $"available pools: {string.Join(", ", served.Names)}" : "no silo has workers")}";
        if (!connection.Clustered) throw new InvalidInputException($"{found}.");
        await error.WriteLineAsync($"{found}. The sweep waits until a silo of this pool joins, or until 'sweep set --pool' moves it.");
    }
}
