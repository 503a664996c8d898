using System.CommandLine;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Planning;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Sweeps.Evidence;

namespace AdaptCluster.Client.Connection;

/// <summary>
/// What the full program does on its own machine, without a cluster: it runs silos, trains, and keeps a store in a home folder. A client
/// that only asks clusters is without it, and so without all that this needs.
/// </summary>
internal interface IEmbeddedMode
{
    /// <summary>Commands that work on this machine or on a database alone.</summary>
    IReadOnlyList<Command> Commands { get; }

    /// <summary>Connects to the home's sweeps: by the process that holds it, by its store, or by a silo in this process.</summary>
    /// <param name="use">What for.</param>
    /// <param name="say">Receives what is waited for, when that takes long enough to be noticed.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="AdaptClusterException">The home folder cannot be used.</exception>
    Task<SweepConnection> OpenAsync(ConnectionUse use, Func<string, Task> say, CancellationToken cancellation);

    /// <summary>Shows the home's sweeps on a web page of this process, on the loopback interface.</summary>
    /// <param name="client">Calls the grains of the silo that runs them.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>Where the page is, and what ends it.</returns>
    /// <exception cref="AdaptClusterException">The page is switched off, or cannot be served.</exception>
    Task<(Uri Address, IAsyncDisposable Page)> ShowAsync(IClusterClient client, CancellationToken cancellation);

    /// <summary>Whether the home has a store, and so perhaps sweeps.</summary>
    /// <exception cref="InvalidInputException">The home is no folder, or one that may not be entered.</exception>
    bool HasStore { get; }

    /// <summary>What to say where there is no store, a sentence.</summary>
    string NoSweep { get; }

    /// <summary>Workers that train a sweep of this machine.</summary>
    int Workers { get; }

    /// <summary>Ids of the home's sweeps that begin so, newest first.</summary>
    Task<string[]> SweepIdsAsync(string prefix);

    /// <summary>Ids of jobs that begin so, of the newest sweep that fits.</summary>
    /// <param name="sweepPrefix">What the sweep's id begins with.</param>
    /// <param name="prefix">What theirs begin with.</param>
    Task<string[]> JobIdsAsync(string sweepPrefix, string prefix);

    /// <summary>Copies the home's store as it is at one moment, also while a silo writes to it, and checks the copy.</summary>
    /// <param name="file">The copy, which has this name when it is whole.</param>
    /// <param name="replace">Whether a file of that name may go.</param>
    /// <param name="cancellation">Gives up; nothing stays.</param>
    /// <returns>How many sweeps and jobs the copy has, and its bytes.</returns>
    /// <exception cref="InvalidInputException">The file is there, or may not be written.</exception>
    /// <exception cref="AdaptClusterException">The store is damaged, or there is no room for the copy.</exception>
    Task<(int Sweeps, int Jobs, long Bytes)> BackupAsync(string file, bool replace, CancellationToken cancellation);

    /// <summary>Refuses a spec that cannot be read, before a silo is asked.</summary>
    /// <param name="spec">The spec's text.</param>
    /// <param name="source">Its file, for errors.</param>
    /// <exception cref="InvalidInputException">It is no spec; the message says where.</exception>
    void CheckSpec(string spec, string source);

    /// <summary>Plans a spec against this machine's models and data sets.</summary>
    /// <param name="spec">The spec's text.</param>
    /// <param name="source">Its file, for errors.</param>
    /// <exception cref="InvalidInputException">The spec is refused.</exception>
    Task<PlanPreview> PlanAsync(string spec, string source);

    /// <summary>Paths of the images that a job was evaluated on, where its data set lies on this machine.</summary>
    /// <param name="job">The job.</param>
    /// <param name="test">Whether its test split is wanted, not the validation shots.</param>
    /// <param name="manifest">The split's manifest, which the files here must have.</param>
    /// <returns>
    /// Relative to the data set's folder, in the split's order; null with the reason, no sentence, where they are not here.
    /// </returns>
    (IReadOnlyList<string>? Names, string Reason) ImageNames(JobDefinition job, bool test, string manifest);

    /// <summary>The texts of classes by a backbone's tokenizer, where the backbone lies on this machine.</summary>
    /// <param name="backbone">The backbone, as specs name it.</param>
    /// <param name="fingerprint">The SHA-256 that its files must have.</param>
    /// <param name="template">The text of a class.</param>
    /// <param name="classNames">Names in label order.</param>
    /// <returns>Null with the reason, no sentence, where it is not here.</returns>
    (ExportTokens? Tokens, string Reason) Tokens(
        string backbone, string fingerprint, string template, IReadOnlyList<string> classNames);

    /// <summary>Writes jobs as files of ONNX, where their backbones lie on this machine.</summary>
    /// <param name="wishes">The jobs.</param>
    /// <exception cref="InvalidInputException">A backbone is not here or is another one, or a job has no such form.</exception>
    /// <exception cref="IOException">A file cannot be written.</exception>
    void WriteOnnx(IReadOnlyList<OnnxWish> wishes);

    /// <summary>What this machine can run: findings by name, in the order in which they should be read.</summary>
    Dictionary<string, string> Examine();

    /// <summary>Asks a cluster's database by itself, past the silos.</summary>
    /// <param name="connectionString">The database.</param>
    Task<StoreStatus> AskStoreAsync(string connectionString);

    /// <summary>An error of a store's driver in the user's words; null for any other error.</summary>
    StoreException? StoreFault(Exception error);
}

/// <summary>A job that is to be written as a file of ONNX.</summary>
/// <param name="Path">The file.</param>
/// <param name="Job">The job.</param>
/// <param name="Prompts">What it trained, safetensors; null for a method that trains nothing.</param>
internal sealed record OnnxWish(string Path, JobExport Job, byte[]? Prompts);
