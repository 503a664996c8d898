using System.Diagnostics.CodeAnalysis;
using AdaptCluster.Connections;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Queue;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Sweeps.Methods;
using AdaptCluster.Sweeps.Planning;
using AdaptCluster.Training.Libtorch;
using AdaptCluster.Training.Methods;

namespace AdaptCluster.Silo.Configuration;

/// <summary>The settings of one silo.</summary>
public sealed record SiloSettings
{
    /// <summary>The number of lanes from which on a step of ViT-B/16 hardly becomes faster per job, as measured on an H100.</summary>
    private const int MostDefaultLanes = 64;

    private int? _workers;
    private int? _lanes;
    private long? _stepBytes;
    private string? _device, _pool;

    /// <summary>The folder of the embedded store (Home). Default: ".adaptcluster" in the current folder.</summary>
    [Setting("Home", "`.adaptcluster`",
        "the folder of the store (`store.db`); one process owns it at a time, and other processes connect to that one")]
    public required string Home { get; init; }

    /// <summary>The path of the embedded store's file in <see cref="Home"/>.</summary>
    public string StoreFile => Path.Combine(Home, "store.db");

    /// <summary>The cluster that the silo belongs to (Store:ConnectionString and Cluster:*); null for a standalone silo.</summary>
    public ClusterSettings? Cluster { get; init; }

    /// <summary>The folders in which backbones are looked up by name, in order (Models). Default: "models".</summary>
    [Setting("Models", "`models` (the script `./sweep` adds the repository's folder)",
        "the folders in which backbones are looked up by name, separated by `:`")]
    public required IReadOnlyList<string> ModelRoots { get; init; }

    /// <summary>The folders in which data sets are looked up by name, in order (Data). Default: the current folder.</summary>
    [Setting("Data", "`.`",
        "the folders in which data sets are looked up by name, separated by `:` and searched in order; a spec cannot reach outside "
        + "them ([datasets.md](../users/datasets.md#links))")]
    public required IReadOnlyList<string> DataRoots { get; init; }

    /// <summary>Assemblies with user-defined methods or data set formats (Methods). Default: none.</summary>
    [Setting("Methods", "none",
        "assemblies with your own methods or data set formats, separated by `:` "
        + "([methods.md](../users/methods.md#a-method-of-your-own)); every silo needs them. Can only be set in the environment")]
    public IReadOnlyList<string> MethodAssemblies { get; init; } = [];

    /// <summary>The built-in methods and data set formats, and those from <see cref="MethodAssemblies"/>.</summary>
    /// <exception cref="InvalidInputException">An assembly cannot be loaded or used; the message names the setting.</exception>
    public MethodCatalog KnownMethods => TrainingMethods.With(MethodAssemblies, SettingsReader.Name("Methods"));

    /// <summary>The silo's role (Role): "all", "control" (grains, no training) or "gpu" (training, no grains). Default: "all".</summary>
    [Setting("Role", "`all`", "`control` hosts the grains, `gpu` only trains and has no gateway, `all` does both")]
    public string Role { get; init; } = "all";

    /// <summary>Whether this silo hosts grains.</summary>
    public bool HostsGrains => Role != SiloMetadataKeys.GpuRole;

    /// <summary>
    /// The pool whose queue the workers serve, and the default pool for sweeps that do not name one (Pool). Default: "gpu" with a GPU,
    /// otherwise "cpu".
    /// </summary>
    [Setting("Pool", "`gpu` with a GPU, else `cpu`",
        "the pool whose queue the workers serve. A sweep that names no pool goes to the control silo's pool if any workers serve it, "
        + "otherwise to a pool that has workers; it then stays there")]
    [AllowNull]
    public string Pool { get => _pool ?? DefaultPool(Device); init => _pool = value; }

    /// <summary>
    /// Other pool names under which sweeps in this standalone silo's store may be waiting. A GPU can become available or unavailable
    /// between two starts, for example when PyTorch is installed, and the default pool name changes with it.
    /// </summary>
    public IReadOnlyCollection<string> OtherPoolNames =>
        Cluster is null && _pool is null ? [.. DefaultPools.Where(name => name != Pool)] : [];

    /// <summary>
    /// The number of workers (Workers); 0 for a silo that does not train. Default: 1 with a GPU, otherwise one per core; 0 for the role
    /// "control".
    /// </summary>
    [Setting("Workers", "one per core; one with a GPU; none for the role `control`",
        "the number of workers of this process; workers on one GPU share its memory ([operations.md](operations.md#workers-of-a-gpu))")]
    public int Workers { get => _workers ??= Device == "cpu" ? Environment.ProcessorCount : 1; init => _workers = value; }

    /// <summary>The number of compute threads per worker (Threads). It affects the last digits of results. Default: 1.</summary>
    [Setting("Threads", "1", "the number of compute threads per worker; results depend on it in the last digits")]
    public int Threads { get; init; } = 1;

    /// <summary>
    /// The maximum number of jobs that a worker trains in one step (Lanes). On a CPU, results do not depend on it. Default: 16; with a
    /// GPU, one for each GiB of its memory, but at least 16 and at most 64.
    /// </summary>
    [Setting("Lanes", "16; with a GPU, one for each GiB of its memory, from 16 to 64",
        "the maximum number of jobs that a worker trains in one step, and that a plan for its pool puts into one pack; on a CPU, results "
        + "do not depend on it")]
    public int Lanes { get => _lanes ??= DefaultLanes(GpuBytes); init => _lanes = value; }

    /// <summary>
    /// The approximate memory, in bytes, that one step of a worker may use in addition to the backbone (StepMemoryMiB). Default: half of
    /// the process's memory limit, or three quarters of the GPU's memory, divided by the number of workers. On a GPU, an out-of-memory
    /// error makes the step smaller.
    /// </summary>
    [Setting("StepMemoryMiB", "half of the memory, or three quarters of the GPU's, divided by the workers",
        "the approximate memory that one step of a worker may use in addition to the backbone; jobs that do not fit train in another "
        + "step. On a CPU, results do not depend on it")]
    public long StepBytes { get => _stepBytes ??= DefaultStepBytes(); init => _stepBytes = value; }

    /// <summary>The cache of test and validation images (Images:*).</summary>
    public ImageSettings Images { get; init; } = new();

    /// <summary>The retention rules of a silo that hosts grains (Retention:*).</summary>
    public RetentionSettings Retention { get; init; } = new();

    /// <summary>The quotas for people and groups, and how the queue shares workers (Quota:*, Queue:*).</summary>
    public QuotaSettings Quota { get; init; } = new();

    /// <summary>The limit on the number of series that the silo publishes at /metrics (Telemetry:*).</summary>
    public TelemetrySettings Telemetry { get; init; } = new();

    /// <summary>Whether jobs that differ only in T_target share their training until they diverge (ShareTrunks). Default: true.</summary>
    [Setting("ShareTrunks", "`true`",
        "`false` trains jobs that differ only in T_target separately from the start, instead of as one job until they diverge; results "
        + "do not depend on it")]
    public bool ShareTrunks { get; init; } = true;

    /// <summary>
    /// The device (Device): "cpu" or "cuda". Default: "cuda" if available. Only libtorch can tell whether CUDA is available, so the first
    /// read of this property loads libtorch. Commands that only read data do not need it.
    /// </summary>
    [Setting("Device", "`cuda` if available, else `cpu`", "the device to train on")]
    [AllowNull]
    public string Device { get => _device ??= BestDevice(); init => _device = value; }

    /// <summary>The folder of the libtorch to use (LibTorch). Default: the libtorch that comes with the program, or PyTorch's.</summary>
    [Setting("LibTorch", "the program's own; PyTorch's if the program's has no CUDA and there is a GPU",
        "the folder of the libtorch to use: `lib` of a PyTorch installation or of an unpacked libtorch "
        + "([operations.md](operations.md#a-gpu-silo)). Can only be set in the environment")]
    public string? LibtorchFolder { get; init; }

    /// <summary>Whether the silo may use the libtorch of the PyTorch installation that python3 imports (PyTorch). Default: true.</summary>
    [Setting("PyTorch", "`true`",
        "`false` prevents the silo from using the libtorch of the PyTorch that python3 imports")]
    public bool UsesPyTorch { get; init; } = true;

    /// <summary>Loads libtorch if this process has not loaded it yet. Must run before any use of TorchSharp.</summary>
    /// <exception cref="InvalidInputException">No working libtorch was found.</exception>
    public void LoadLibtorch() => LibtorchLoader.Load(new LibtorchChoice(LibtorchFolder, UsesPyTorch, Gpu: _device != "cpu"));

    /// <summary>The silo's name (Name). Default: POD_NAME if it is set, otherwise the machine's name and the process id.</summary>
    [Setting("Name", "`POD_NAME`, else machine and process id", "the silo's name in logs, attempts and `doctor`")]
    public required string Name { get; init; }

    /// <summary>How long a lease lasts without renewal (Lease:DurationSeconds). Default: 60 seconds.</summary>
    [Setting("Lease:DurationSeconds", "60", "how long a lease lasts without renewal")]
    public TimeSpan LeaseDuration { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// The interval at which a worker renews its lease (Lease:RenewSeconds). The worker learns of a pause or a cancellation when it renews.
    /// Default: 2 seconds.
    /// </summary>
    [Setting("Lease:RenewSeconds", "2", "how often a lease is renewed; the worker learns of a cancellation at the next renewal")]
    public TimeSpan RenewEvery { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// How long a worker may renew its lease without making progress before the queue takes the lease back (Lease:StallSeconds). Default:
    /// 10 minutes.
    /// </summary>
    [Setting("Lease:StallSeconds", "600",
        "how long a worker may renew its lease without progress (an iteration, a decoded image, an evaluated batch) before "
        + "the lease is taken back")]
    public TimeSpan StallAfter { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>
    /// How long a worker may take to stop before its lease is taken back (Lease:StopSeconds). If a training thread that was told to stop
    /// makes no progress for this long, it is abandoned and the silo shuts down. Default: 60 seconds.
    /// </summary>
    [Setting("Lease:StopSeconds", "60",
        "how long a worker may take to stop; after that, its lease is taken back. If its thread makes no progress for that long, the silo "
        + "shuts down")]
    public TimeSpan StopWithin { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The gateway port of a standalone silo on the loopback interface; 0 picks a free one.</summary>
    public int LocalGatewayPort { get; init; }

    /// <summary>Whether log lines are written to standard error.</summary>
    public bool Verbose { get; init; }

    /// <summary>Reads the settings. Settings that are not set keep their defaults.</summary>
    /// <exception cref="InvalidInputException">A setting has an invalid value; the message names its key.</exception>
    internal static SiloSettings From(SettingsReader reader)
    {
        var role = reader.OneOf("Role", "all", "control", SiloMetadataKeys.GpuRole) ?? "all";
        var workers = reader.WholeNumber("Workers", 1, 1024);
        var settings = new SiloSettings
        {
            Home = Path.GetFullPath(reader.Text("Home") ?? ".adaptcluster"),
            Cluster = ClusterSettings.From(reader),
            ModelRoots = Roots(reader, "Models", "models"),
            DataRoots = Roots(reader, "Data", "."),
            MethodAssemblies = Folders(reader.EnvironmentText("Methods") ?? ""),
            Role = role,
            Device = reader.OneOf("Device", "cpu", "cuda"),
            Pool = ReadPool(reader),
            _workers = role == "control" ? 0 : workers,
            _stepBytes = reader.WholeNumber("StepMemoryMiB", 1, int.MaxValue) * 1024L * 1024,
            Images = ImageSettings.From(reader),
            Retention = RetentionSettings.From(reader),
            Quota = QuotaSettings.From(reader),
            Telemetry = TelemetrySettings.From(reader),
            Threads = reader.WholeNumber("Threads", 1, 1024) ?? 1,
            _lanes = reader.WholeNumber("Lanes", 1, 1024),
            ShareTrunks = reader.Flag("ShareTrunks") ?? true,
            LibtorchFolder = reader.EnvironmentText("LibTorch"),
            UsesPyTorch = reader.Flag("PyTorch") ?? true,
            Name = reader.Text("Name") ?? Environment.GetEnvironmentVariable("POD_NAME")
                ?? $"{Environment.MachineName}-{Environment.ProcessId}",
            LeaseDuration = reader.Seconds("Lease:DurationSeconds") ?? TimeSpan.FromSeconds(60),
            RenewEvery = reader.Seconds("Lease:RenewSeconds") ?? TimeSpan.FromSeconds(2),
            StallAfter = reader.Seconds("Lease:StallSeconds") ?? TimeSpan.FromMinutes(10),
            StopWithin = reader.Seconds("Lease:StopSeconds") ?? TimeSpan.FromSeconds(60),
        };
        if (settings.LeaseDuration < 3 * settings.RenewEvery)
        {
            throw new InvalidInputException(
                $"{SettingsReader.Name("Lease:DurationSeconds")}: {settings.LeaseDuration.TotalSeconds} s is less than three times the "
                + $"renewal interval of {settings.RenewEvery.TotalSeconds} s; write at least {3 * settings.RenewEvery.TotalSeconds}, or "
                + $"lower {SettingsReader.Name("Lease:RenewSeconds")}.");
        }
        if (role != "all" && settings.Cluster is null)
            throw new InvalidInputException(
                $"{SettingsReader.Name("Role")}: '{role}' needs a cluster; set {SettingsReader.Name("Store:ConnectionString")}.");
        return settings;
    }

    private static string[] Roots(SettingsReader reader, string key, string otherwise) =>
        Folders(reader.Text(key) ?? otherwise) is { Length: > 0 } folders ? folders
        : throw new InvalidInputException(
            $"{SettingsReader.Name(key)}: found '{reader.Text(key)}', which names no folder; write one folder, or several separated by "
            + $"'{Path.PathSeparator}'.");

    /// <summary>Splits a setting that lists several folders in the format of PATH, and returns their full paths.</summary>
    public static string[] Folders(string setting) =>
        [.. setting.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries).Select(Path.GetFullPath).Distinct()];

    private static readonly string[] DefaultPools = [DefaultPool("cpu"), DefaultPool("cuda")];

    private static string DefaultPool(string device) => device == "cpu" ? "cpu" : "gpu";

    private string BestDevice()
    {
        LoadLibtorch();
        return TorchDevice.Best();
    }

    /// <summary>The GPU's memory in bytes; null on a CPU.</summary>
    private long? GpuBytes => Device == "cpu" ? null : CudaMemory.Open()?.Read().Total ?? long.MaxValue;

    /// <summary>Returns the default number of lanes of a worker.</summary>
    /// <param name="gpu">The GPU's memory in bytes; null for a CPU.</param>
    internal static int DefaultLanes(long? gpu) => (int)Math.Clamp((gpu ?? 0) >> 30, PackWidth.FewestLanes, MostDefaultLanes);

    private long DefaultStepBytes() => DefaultStepBytes(Workers, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes, GpuBytes);

    /// <summary>Returns the default memory limit for a step, in bytes.</summary>
    /// <param name="workers">The number of workers in the process.</param>
    /// <param name="memory">The process's memory limit in bytes.</param>
    /// <param name="gpu">The GPU's memory in bytes; null for a CPU.</param>
    internal static long DefaultStepBytes(int workers, long memory, long? gpu) =>
        // The rest is left for the backbone, its evaluation and what libtorch keeps for itself.
        (gpu is { } bytes ? bytes / 4 * 3 : memory / 2) / Math.Max(1, workers);

    private static string? ReadPool(SettingsReader reader)
    {
        var pool = reader.Text("Pool");
        return pool is null || PoolName.IsValid(pool) ? pool
            : throw new InvalidInputException($"{SettingsReader.Name("Pool")}: found '{pool}'; write {PoolName.Rule}.");
    }
}
