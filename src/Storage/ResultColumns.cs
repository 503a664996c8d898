using System.Data.Common;
using System.Text.Json;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;

namespace AdaptCluster.Storage;

/// <summary>
/// The columns of the jobs table that contain a result, and their conversion from and to <see cref="JobResult"/>. To add a value, add a
/// line to <see cref="All"/> and one to <see cref="Read"/>, and a migration that adds the column.
/// </summary>
internal static class ResultColumns
{
    /// <summary>All columns except the loss, in the order that <see cref="Read"/> expects. The loss is written with the epochs.</summary>
    public static readonly IReadOnlyList<ResultColumn> All =
    [
        new ResultColumn<int>("test_correct", result => result.TestCorrect),
        new ResultColumn<int>("test_total", result => result.TestTotal),
        new ResultColumn<int>("validation_correct", result => result.ValidationCorrect),
        new ResultColumn<int>("validation_total", result => result.ValidationTotal),
        new ResultColumn<int>("image_context_tokens", result => result.ImageContextTokens),
        new ResultColumn<int>("text_context_tokens", result => result.TextContextTokens),
        new ResultColumn<long>("trainable_parameters", result => result.TrainableParameters),
        new ResultColumn<long>("multiply_adds", result => result.MultiplyAdds),
        new ResultColumn<double>(Seconds, result => result.Duration.TotalSeconds),
        new ResultColumn<long>("hook_multiply_adds", result => result.HookMultiplyAdds),
        new TextColumn("targets", result =>
            result.Targets is { } targets ? JsonSerializer.Serialize(targets, AdaptClusterJson.Compact) : null),
        new TextColumn(TrainedFrom, result =>
            result.TrainedFrom is { } origin ? JsonSerializer.Serialize(origin, AdaptClusterJson.Compact) : null),
    ];

    /// <summary>The name of the column with a result's duration.</summary>
    public const string Seconds = "seconds";

    /// <summary>The name of the column with the job that trained the prompts, for results of jobs that only evaluated prompts.</summary>
    public const string TrainedFrom = "trained_from";

    private const string Loss = "loss";

    private static readonly string[] Names = [.. All.Select(column => column.Name), Loss];

    /// <summary>The number of columns that <see cref="Read"/> reads.</summary>
    public static int Count => Names.Length;

    /// <summary>Returns the column list for a SELECT.</summary>
    /// <param name="table">The table's name in the statement; null if the statement has only one table.</param>
    public static string Select(string? table = null) => string.Join(", ", table is null ? Names : Names.Select(name => $"{table}.{name}"));

    /// <summary>Returns the assignments that copy all columns, including the loss, from another row.</summary>
    /// <param name="table">The name of the other row's table in the statement.</param>
    public static string CopyFrom(string table) => string.Join(", ", Names.Select(name => $"{name} = {table}.{name}"));

    /// <summary>
    /// Returns the assignments that set the columns of a result from parameters such as "@name" or columns such as "row.name".
    /// </summary>
    /// <param name="prefix">The prefix of each parameter or column, such as "@" or "row.".</param>
    public static string SetFrom(string prefix) => string.Join(", ", All.Select(column => $"{column.Name} = {prefix}{column.Name}"));

    /// <summary>Returns the names of the columns of a result, each with a prefix.</summary>
    public static string List(string prefix = "") => string.Join(", ", All.Select(column => prefix + column.Name));

    /// <summary>Returns the parameters for <see cref="SetFrom"/> from one result.</summary>
    public static IEnumerable<(string Name, object? Value)> Parameters(JobResult result) =>
        All.Select(column => (column.Name, column.Value(result)));

    /// <summary>Returns the parameters for <see cref="List"/> from several results, as one array per column.</summary>
    public static IEnumerable<(string Name, object? Values)> Parameters(JobResult[] results) =>
        All.Select(column => (column.Name, (object?)column.Values(results)));

    /// <summary>Reads a result, without its prompts.</summary>
    /// <param name="row">A row with the columns of <see cref="Select"/>.</param>
    /// <param name="first">The index of the first of these columns.</param>
    /// <returns>The result; null if the job has none.</returns>
    public static JobResult? Read(DbDataReader row, int first) => row.IsDBNull(first) ? null : new()
    {
        TestCorrect = row.GetInt32(first),
        TestTotal = row.GetInt32(first + 1),
        ValidationCorrect = row.GetInt32(first + 2),
        ValidationTotal = row.GetInt32(first + 3),
        ImageContextTokens = row.GetInt32(first + 4),
        TextContextTokens = row.GetInt32(first + 5),
        TrainableParameters = row.GetInt64(first + 6),
        MultiplyAdds = row.GetInt64(first + 7),
        Duration = TimeSpan.FromSeconds(row.GetDouble(first + 8)),
        // NULL in rows of versions that did not count them.
        HookMultiplyAdds = row.IsDBNull(first + 9) ? 0 : row.GetInt64(first + 9),
        Targets = row.IsDBNull(first + 10) ? null
            : JsonSerializer.Deserialize<TargetResult[]>(row.GetString(first + 10), AdaptClusterJson.Stored),
        TrainedFrom = row.IsDBNull(first + 11) ? null : Origin(row.GetString(first + 11)),
        FinalLoss = row.IsDBNull(first + 12) ? null : row.GetDouble(first + 12),
    };

    /// <summary>Reads the value of <see cref="TrainedFrom"/>.</summary>
    public static PromptOrigin? Origin(string json) => JsonSerializer.Deserialize<PromptOrigin>(json, AdaptClusterJson.Stored);
}

/// <summary>A column of a result.</summary>
/// <param name="Name">The name of the column in the store.</param>
internal abstract record ResultColumn(string Name)
{
    /// <summary>The type of the column's values. It is nullable, because a job without a result has no value.</summary>
    public abstract Type Type { get; }

    /// <summary>Returns the value to store for a result.</summary>
    public abstract object? Value(JobResult result);

    /// <summary>Returns the values to store for several results, as an array of the column's type.</summary>
    public abstract Array Values(JobResult[] results);
}

/// <inheritdoc cref="ResultColumn"/>
/// <param name="Name">The name of the column in the store.</param>
/// <param name="Of">The function that returns the value to store for a result.</param>
internal sealed record ResultColumn<T>(string Name, Func<JobResult, T> Of) : ResultColumn(Name)
    where T : struct
{
    /// <inheritdoc/>
    public override Type Type => typeof(T?);

    /// <inheritdoc/>
    public override object Value(JobResult result) => Of(result);

    /// <inheritdoc/>
    public override Array Values(JobResult[] results) => Array.ConvertAll(results, result => Of(result));
}

/// <summary>A text column; null for results without the value.</summary>
/// <param name="Name">The name of the column in the store.</param>
/// <param name="Of">The function that returns the value to store for a result.</param>
internal sealed record TextColumn(string Name, Func<JobResult, string?> Of) : ResultColumn(Name)
{
    /// <inheritdoc/>
    public override Type Type => typeof(string);

    /// <inheritdoc/>
    public override object? Value(JobResult result) => Of(result);

    /// <inheritdoc/>
    public override Array Values(JobResult[] results) => Array.ConvertAll(results, result => Of(result));
}
