using System.Text.Json;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;

namespace AdaptCluster.Sweeps.Planning;

/// <summary>Lists the hyperparameters that a job's method reads. Each is identified by its path, spelled as in specs.</summary>
public static class RunParameters
{
    private const string Train = "train", Own = "own", Names = "dataset.names";

    /// <summary>Returns a job's non-null hyperparameters.</summary>
    public static RunParameter[] Of(JobDefinition job)
    {
        var found = new List<RunParameter>();
        Add(JsonSerializer.SerializeToElement(job, AdaptClusterJson.Compact), "", job.Method, found);
        return [.. found];
    }

    /// <summary>Returns a job's hyperparameters, except the seed and the data set.</summary>
    public static RunParameter[] WithoutSeedAndDataset(JobDefinition job) => Array.FindAll(Of(job),
        parameter => parameter.Name != "seed" && !parameter.Name.StartsWith("dataset.", StringComparison.Ordinal));

    /// <summary>Returns the names of the hyperparameters that have several values, in the order in which they appear.</summary>
    /// <param name="jobs">Each job's hyperparameters. A missing hyperparameter does not count as a different value.</param>
    public static string[] Differing(IEnumerable<RunParameter[]> jobs) =>
        [.. jobs.SelectMany(parameters => parameters).GroupBy(parameter => parameter.Name)
            .Where(same => same.Select(parameter => parameter.Text).Distinct().Count() > 1).Select(same => same.Key)];

    /// <summary>
    /// Returns the names of the hyperparameters that distinguish jobs with the same method. A name whose values follow from the other names
    /// is left out, such as the number of epochs that a preset takes from the number of shots. Unlike in <see cref="Differing"/>, a missing
    /// hyperparameter counts as a different value, because it means the default.
    /// </summary>
    private static string[] Distinguishing(RunParameter[][] jobs)
    {
        List<string> names = [.. jobs.SelectMany(parameters => parameters).Select(parameter => parameter.Name).Distinct()
            .Where(name => jobs.Select(parameters => Value(parameters, name)).Distinct().Count() > 1)];
        int Told() => jobs.Select(parameters => Describe(parameters, [.. names])).Distinct().Count();
        var all = Told();
        // Later names go first: the shots are named before what depends on them.
        foreach (var name in names.AsEnumerable().Reverse().ToArray())
        {
            var at = names.IndexOf(name);
            names.RemoveAt(at);
            if (Told() < all) names.Insert(at, name);
        }
        return [.. names];
    }

    /// <summary>Returns the last part of a hyperparameter's path, such as "learningRate" for "train.learningRate".</summary>
    public static string ShortName(string path) => path[(path.LastIndexOf('.') + 1)..];

    /// <summary>
    /// Returns the short name of each path. A path whose short name is not unique stays whole, because settings of several methods can have
    /// the same short name.
    /// </summary>
    public static string[] ShortNames(string[] paths) => Array.ConvertAll(paths,
        path => paths.Count(other => ShortName(other) == ShortName(path)) == 1 ? ShortName(path) : path);

    /// <summary>
    /// Returns what to append to the names of jobs that would otherwise have the same name, such as " (shots=4, learningRate=0.01)"; empty
    /// strings if no hyperparameter distinguishes them.
    /// </summary>
    /// <param name="jobs">Each job's hyperparameters.</param>
    public static string[] Suffixes(RunParameter[][] jobs)
    {
        var names = Distinguishing(jobs);
        return Array.ConvertAll(jobs, parameters => names.Length == 0 ? "" : $" ({Describe(parameters, names)})");
    }

    private static string Describe(RunParameter[] parameters, string[] names) =>
        string.Join(", ", names.Select(name => $"{ShortName(name)}={Value(parameters, name) ?? "default"}"));

    private static string? Value(RunParameter[] parameters, string name) => Array.Find(parameters, one => one.Name == name)?.Text;

    private static void Add(JsonElement element, string path, string method, List<RunParameter> found)
    {
        // Class names are arbitrary strings, not parameter names.
        if (element.ValueKind == JsonValueKind.Object && path != Names)
        {
            foreach (var property in element.EnumerateObject())
            {
                var (name, value) = (property.Name, property.Value);
                // Each section of "train" is named after the only method that reads it. The section of a newer or user-defined method is
                // called "own".
                if (path == Train && value.ValueKind == JsonValueKind.Object)
                {
                    if (name == Own) name = method;
                    else if (name != method) continue;
                }
                Add(value, path.Length == 0 ? name : $"{path}.{name}", method, found);
            }
        }
        else if (element.ValueKind != JsonValueKind.Null) found.Add(new RunParameter(path, element));
    }
}

/// <summary>A hyperparameter.</summary>
/// <param name="Name">The path in the job's definition, such as "train.learningRate".</param>
/// <param name="Value">A number, string or Boolean; anything else is written as JSON text.</param>
public sealed record RunParameter(string Name, JsonElement Value)
{
    /// <summary>The value as text.</summary>
    public string Text => Value.ValueKind == JsonValueKind.String ? Value.GetString()! : Value.GetRawText();
}
