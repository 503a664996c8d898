using System.Data.Common;
using System.Text.Json;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;

namespace AdaptCluster.Storage;

/// <summary>
/// Which columns of the table of jobs hold a result, and how a <see cref="JobResult"/> becomes them and comes back. A new number of a
/// result is a line in <see cref="All"/>, one in <see cref="Read"/>, and a migration that adds the column.
/// </summary>
internal static class ResultColumns
{
    /// <summary>The columns in the order in which <see cref="Read"/> expects them; all but the loss, which comes with the epochs.</summary>
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
    ];

    /// <summary>The column of a result's duration.</summary>
    public const string Seconds = "seconds";

    private const string Loss = "loss";

    private static readonly string[] Names = [.. All.Select(column => column.Name), Loss];

    /// <summary>How many columns <see cref="Read"/> takes.</summary>
    public static int Count => Names.Length;

    /// <summary>The columns, for a SELECT.</summary>
    /// <param name="table">The name of the table in this statement, where there are several.</param>
    public static string Select(string? table = null) => string.Join(", ", table is null ? Names : Names.Select(name => $"{table}.{name}"));

    /// <summary>Takes the columns over from another row, the loss among them.</summary>
    /// <param name="table">The other row's name in this statement.</param>
    public static string CopyFrom(string table) => string.Join(", ", Names.Select(name => $"{name} = {table}.{name}"));

    /// <summary>Sets the columns of a result, each from a parameter "@name" or a column "row.name".</summary>
    /// <param name="prefix">What stands before the name.</param>
    public static string SetFrom(string prefix) => string.Join(", ", All.Select(column => $"{column.Name} = {prefix}{column.Name}"));

    /// <summary>The names of the columns of a result, each behind a prefix.</summary>
    public static string List(string prefix = "") => string.Join(", ", All.Select(column => prefix + column.Name));

    /// <summary>The parameters of <see cref="SetFrom"/> for one result.</summary>
    public static IEnumerable<(string Name, object? Value)> Parameters(JobResult result) =>
        All.Select(column => (column.Name, column.Value(result)));

    /// <summary>The parameters of <see cref="List"/> for several results, an array for each column.</summary>
    public static IEnumerable<(string Name, object? Values)> Parameters(JobResult[] results) =>
        All.Select(column => (column.Name, (object?)column.Values(results)));

    /// <summary>A result without its prompts.</summary>
    /// <param name="row">A row with the columns of <see cref="Select"/>.</param>
    /// <param name="first">Index of the first of them.</param>
    /// <returns>Null where the job has none.</returns>
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
        // Stores of versions that did not count them have no number here.
        HookMultiplyAdds = row.IsDBNull(first + 9) ? 0 : row.GetInt64(first + 9),
        Targets = row.IsDBNull(first + 10) ? null
            : JsonSerializer.Deserialize<TargetResult[]>(row.GetString(first + 10), AdaptClusterJson.Stored),
        FinalLoss = row.IsDBNull(first + 11) ? null : row.GetDouble(first + 11),
    };
}

/// <summary>One column of a result.</summary>
/// <param name="Name">Its name in the store.</param>
internal abstract record ResultColumn(string Name)
{
    /// <summary>What it holds, or null before there is a result.</summary>
    public abstract Type Type { get; }

    /// <summary>A result's value.</summary>
    public abstract object? Value(JobResult result);

    /// <summary>The values of several results, an array of the column's type.</summary>
    public abstract Array Values(JobResult[] results);
}

/// <inheritdoc cref="ResultColumn"/>
/// <param name="Name">Its name in the store.</param>
/// <param name="Of">The value of a result.</param>
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

/// <summary>A column of text, which is null for results that have no such thing.</summary>
/// <param name="Name">Its name in the store.</param>
/// <param name="Of">The value of a result.</param>
internal sealed record TextColumn(string Name, Func<JobResult, string?> Of) : ResultColumn(Name)
{
    /// <inheritdoc/>
    public override Type Type => typeof(string);

    /// <inheritdoc/>
    public override object? Value(JobResult result) => Of(result);

    /// <inheritdoc/>
    public override Array Values(JobResult[] results) => Array.ConvertAll(results, result => Of(result));
}
