using System.CommandLine;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Planning;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Sweeps.Evidence;

namespace AdaptCluster.Client.Connection;

/// <summary>
/// What the full program can do on its own machine, without a cluster: run silos, train, and keep a store in a home folder. A thin client
/// that only asks clusters has no embedded mode, nor its dependencies.
/// </summary>
internal interface IEmbeddedMode
{
    /// <summary>Commands that work only on this machine or on a database.</summary>
    IReadOnlyList<Command> Commands { get; }

    /// <summary>
    /// Connects to the home's sweeps: through the process that holds it, through its store, or through a silo in this process.
    /// </summary>
    /// <param name="use">What the connection is for.</param>
    /// <param name="say">Receives what is being waited for, if the wait is long enough to be noticed.</param>
    /// <param name="cancellation">Cancels the attempt.</param>
    /// <exception cref="AdaptClusterException">The home folder cannot be used.</exception>
    Task<SweepConnection> OpenAsync(ConnectionUse use, Func<string, Task> say, CancellationToken cancellation);

    /// <summary>Serves the home's sweeps on a web page of this process, on the loopback interface.</summary>
    /// <param name="client">Calls the grains of the silo that runs them.</param>
    /// <param name="cancellation">Cancels the start.</param>
    /// <returns>The address of the page, and a handle that ends it.</returns>
    /// <exception cref="AdaptClusterException">The page is switched off, or cannot be served.</exception>
    Task<(Uri Address, IAsyncDisposable Page)> ServePageAsync(IClusterClient client, CancellationToken cancellation);

    /// <summary>Whether the home has a store, which may contain sweeps.</summary>
    /// <exception cref="InvalidInputException">The home is not a folder, or access to it is denied.</exception>
    bool HasStore { get; }

    /// <summary>A sentence to print if there is no store.</summary>
    string NoSweep { get; }

    /// <summary>The number of workers for sweeps on this machine.</summary>
    int Workers { get; }

    /// <summary>Returns the ids of the home's sweeps with a prefix, newest first.</summary>
    Task<string[]> SweepIdsAsync(string prefix);

    /// <summary>Returns the ids of jobs with a prefix, in the newest sweep that matches.</summary>
    /// <param name="sweepPrefix">The prefix of the sweep's id.</param>
    /// <param name="prefix">The prefix of the jobs' ids.</param>
    Task<string[]> JobIdsAsync(string sweepPrefix, string prefix);

    /// <summary>Makes a consistent copy of the home's store, even while a silo writes to it, and checks the copy.</summary>
    /// <param name="file">The copy, which gets this name once it is complete.</param>
    /// <param name="replace">Whether to replace an existing file.</param>
    /// <param name="cancellation">Cancels the copy; nothing is left behind.</param>
    /// <returns>The numbers of sweeps and jobs in the copy, and its size in bytes.</returns>
    /// <exception cref="InvalidInputException">The file already exists, or cannot be written to.</exception>
    /// <exception cref="AdaptClusterException">The store is damaged, or there is not enough space for the copy.</exception>
    Task<(int Sweeps, int Jobs, long Bytes)> BackupAsync(string file, bool replace, CancellationToken cancellation);

    /// <summary>Refuses an invalid spec before a silo is asked.</summary>
    /// <param name="spec">The spec's text.</param>
    /// <param name="source">Its file name, for errors.</param>
    /// <exception cref="InvalidInputException">The spec is invalid; the message says where.</exception>
    void CheckSpec(string spec, string source);

    /// <summary>Plans a spec against this machine's models and data sets.</summary>
    /// <param name="spec">The spec's text.</param>
    /// <param name="source">Its file name, for errors.</param>
    /// <exception cref="InvalidInputException">The spec is invalid.</exception>
    Task<PlanPreview> PlanAsync(string spec, string source);

    /// <summary>Returns the paths of the images that a job was evaluated on, if its data set is on this machine.</summary>
    /// <param name="job">The job.</param>
    /// <param name="split">The split.</param>
    /// <param name="manifest">The split's manifest, which the local files must match.</param>
    /// <returns>
    /// The paths relative to the data set's folder, in the split's order; null, with the reason as a phrase, if they are not available.
    /// </returns>
    (IReadOnlyList<string>? Names, string Reason) ImageNames(JobDefinition job, EvaluatedSplit split, string manifest);

    /// <summary>Tokenizes the texts of classes with a backbone's tokenizer, if the backbone is on this machine.</summary>
    /// <param name="backbone">The backbone, as named in specs.</param>
    /// <param name="fingerprint">The SHA-256 that its files must have.</param>
    /// <param name="template">The text template of a class.</param>
    /// <param name="classNames">The class names in label order.</param>
    /// <returns>The tokens; null, with the reason as a phrase, if the backbone is not available.</returns>
    (ExportTokens? Tokens, string Reason) Tokens(
        string backbone, string fingerprint, string template, IReadOnlyList<string> classNames);

    /// <summary>Writes jobs as ONNX files, if their backbones are on this machine.</summary>
    /// <param name="requests">The jobs.</param>
    /// <exception cref="InvalidInputException">A backbone is missing or differs, or a job cannot be exported as ONNX.</exception>
    /// <exception cref="IOException">A file cannot be written.</exception>
    void WriteOnnx(IReadOnlyList<OnnxRequest> requests);

    /// <summary>Returns what this machine can run: findings by name, in reading order.</summary>
    Dictionary<string, string> Examine();

    /// <summary>Asks a cluster's database directly, bypassing the silos.</summary>
    /// <param name="connectionString">The database.</param>
    Task<StoreStatus> AskStoreAsync(string connectionString);

    /// <summary>Translates an error of a store's driver into a user-friendly one; returns null for any other error.</summary>
    StoreException? StoreFault(Exception error);
}

/// <summary>A job to write as an ONNX file.</summary>
/// <param name="Path">The file.</param>
/// <param name="Job">The job.</param>
/// <param name="Prompts">The trained prompts in safetensors format; null for a method that trains nothing.</param>
internal sealed record OnnxRequest(string Path, JobExport Job, byte[]? Prompts);
