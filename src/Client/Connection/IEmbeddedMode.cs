using System.CommandLine;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Planning;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Sweeps.Evidence;

namespace AdaptCluster.Client.Connection;

/// <summary>
/// Provides the features of the full program that work without a cluster: it runs silos, trains, and keeps a store in a home folder. A thin
/// client that only connects to clusters has neither an embedded mode nor its dependencies.
/// </summary>
internal interface IEmbeddedMode
{
    /// <summary>The commands that work only on this machine or on a database.</summary>
    IReadOnlyList<Command> Commands { get; }

    /// <summary>
    /// Connects to the sweeps of the home: through the process that holds the home, through its store, or through a silo in this process.
    /// </summary>
    /// <param name="use">The purpose of the connection.</param>
    /// <param name="say">A callback that receives a message about the wait, if it is long enough to be noticed.</param>
    /// <param name="cancellation">A token that cancels the attempt.</param>
    /// <exception cref="AdaptClusterException">The home folder cannot be used.</exception>
    Task<SweepConnection> OpenAsync(ConnectionUse use, Func<string, Task> say, CancellationToken cancellation);

    /// <summary>Serves the home's sweeps on a web page that this process hosts on the loopback interface.</summary>
    /// <param name="client">The client for the silo that runs the sweeps.</param>
    /// <param name="cancellation">A token that cancels the start.</param>
    /// <returns>The address of the page, and a handle that stops the page when disposed.</returns>
    /// <exception cref="AdaptClusterException">The page is disabled, or cannot be served.</exception>
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

    /// <summary>Returns the job ids with a prefix, from the newest sweep that matches.</summary>
    /// <param name="sweepPrefix">The prefix of the sweep's id.</param>
    /// <param name="prefix">The prefix of the jobs' ids.</param>
    Task<string[]> JobIdsAsync(string sweepPrefix, string prefix);

    /// <summary>Makes a consistent copy of the home's store, even while a silo writes to it, and checks the copy.</summary>
    /// <param name="file">The path of the copy; no file has this name until the copy is complete.</param>
    /// <param name="replace">Whether to replace an existing file.</param>
    /// <param name="cancellation">A token that cancels the copy; no partial file is left.</param>
    /// <returns>The numbers of sweeps and jobs in the copy, and its size in bytes.</returns>
    /// <exception cref="InvalidInputException">The file already exists, or cannot be written to.</exception>
    /// <exception cref="AdaptClusterException">The store is damaged, or there is not enough space for the copy.</exception>
    Task<(int Sweeps, int Jobs, long Bytes)> BackupAsync(string file, bool replace, CancellationToken cancellation);

    /// <summary>Validates a spec before any silo is called.</summary>
    /// <param name="spec">The spec's text.</param>
    /// <param name="source">The spec's file name, for error messages.</param>
    /// <exception cref="InvalidInputException">The spec is invalid; the message names the place.</exception>
    void CheckSpec(string spec, string source);

    /// <summary>Plans a spec against this machine's models and data sets.</summary>
    /// <param name="spec">The spec's text.</param>
    /// <param name="source">The spec's file name, for error messages.</param>
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

    /// <summary>Tokenizes class texts with a backbone's tokenizer, if the backbone is on this machine.</summary>
    /// <param name="backbone">The backbone, as named in specs.</param>
    /// <param name="fingerprint">The SHA-256 that the backbone's files must have.</param>
    /// <param name="template">The template that turns a class name into a text.</param>
    /// <param name="classNames">The class names in label order.</param>
    /// <returns>The tokens; null, with the reason as a phrase, if the backbone is not available.</returns>
    (ExportTokens? Tokens, string Reason) Tokens(
        string backbone, string fingerprint, string template, IReadOnlyList<string> classNames);

    /// <summary>Writes jobs as ONNX files, if their backbones are on this machine.</summary>
    /// <param name="requests">The jobs.</param>
    /// <exception cref="InvalidInputException">
    /// A backbone is missing or has a different hash, or a job cannot be exported as ONNX.
    /// </exception>
    /// <exception cref="IOException">A file cannot be written.</exception>
    void WriteOnnx(IReadOnlyList<OnnxRequest> requests);

    /// <summary>Examines what this machine can run. The findings are keyed by name, in display order.</summary>
    Dictionary<string, string> Examine();

    /// <summary>Checks a cluster's database directly, bypassing the silos.</summary>
    /// <param name="connectionString">The connection string of the database.</param>
    Task<StoreStatus> AskStoreAsync(string connectionString);

    /// <summary>Translates a database driver's exception into one with a readable message; returns null for any other exception.</summary>
    StoreException? StoreFault(Exception error);
}

/// <summary>A job to write as an ONNX file.</summary>
/// <param name="Path">The path of the file.</param>
/// <param name="Job">The job.</param>
/// <param name="Prompts">The trained prompts in safetensors format; null for a method without training.</param>
internal sealed record OnnxRequest(string Path, JobExport Job, byte[]? Prompts);
