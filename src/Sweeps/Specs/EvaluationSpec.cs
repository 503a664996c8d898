using System.Text.Json;
using System.Text.Json.Nodes;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Planning;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Sweeps.Datasets;
using AdaptCluster.Sweeps.Methods;

namespace AdaptCluster.Sweeps.Specs;

/// <summary>
/// Creates a spec that evaluates the trained prompts of a sweep on other data sets. It is the sweep's spec with other targets. Its jobs
/// reuse the trained prompts, because they differ from the sweep's jobs only in their targets.
/// </summary>
/// <param name="plan">The sweep's plan, with its spec.</param>
/// <param name="source">The name of the spec in error messages.</param>
/// <param name="methods">The methods and data set formats that the spec can use.</param>
public sealed class EvaluationSpec(SweepPlan plan, string source, MethodCatalog methods)
{
    /// <summary>The maximum length of a sweep's name, as in the schema.</summary>
    private const int LongestName = 64;

    /// <summary>Creates the spec.</summary>
    /// <param name="request">The targets and the new sweep's name.</param>
    /// <param name="only">The only job to evaluate; null for all jobs.</param>
    /// <exception cref="InvalidInputException">The number of targets is out of range, a target is not valid JSON, or the spec cannot be
    /// restricted to the job.</exception>
    public string Make(EvaluationRequest request, JobPosition? only)
    {
        if (request.On.Length is 0 or > EvaluationRequest.MaxTargets)
            throw new InvalidInputException(
                $"--on: found {CountText.Of(request.On.Length, "data set")}; write 1 to {EvaluationRequest.MaxTargets}.");
        var root = JsonNode.Parse(SpecDocument.Read(plan.SpecJson, source).Normal)!.AsObject();
        JsonNode[] targets = [.. request.On.Select(Target)];
        if (only is { } position)
        {
            var spec = SpecParser.Parse(plan.SpecJson, source, methods);
            targets = [.. targets.Select(target => Described(target, root, spec))];
            Restrict(root, spec, position);
        }
        root["evaluate"] = new JsonArray(targets);
        root["name"] = request.Name ?? NameOn([.. targets.Select(NameOf)]);
        return root.ToJsonString(AdaptClusterJson.Indented);
    }

    /// <summary>Reads a target as it was written on the command line.</summary>
    private static JsonNode Target(string written)
    {
        if (!written.TrimStart().StartsWith('{')) return JsonValue.Create(written);
        try
        {
            using var document = SpecText.Parse(written);
            var (json, problem) = SpecText.Normalise(document.RootElement);
            return problem is null ? JsonNode.Parse(json)!
                : throw new InvalidInputException(PrintableText.OneLine($"--on {written}: {problem.Path}: {problem.Message}."));
        }
        catch (JsonException e)
        {
            throw new InvalidInputException(PrintableText.OneLine($"--on {written}: not valid JSON: {SpecParser.Reason(e)}."), e);
        }
    }

    private static string NameOf(JsonNode target) =>
        target is JsonValue text ? text.GetValue<string>() : target["name"] is JsonValue name ? name.ToString() : "";

    /// <summary>
    /// Replaces a target that names a data set of the spec with the description of that data set, because the restricted spec might not
    /// list it.
    /// </summary>
    private JsonNode Described(JsonNode target, JsonObject root, SweepSpec spec)
    {
        if (target is not JsonValue text || ClassHalves.All.Contains(text.GetValue<string>())) return target;
        var name = text.GetValue<string>();
        var index = IndexOf(name) is >= 0 and var exact ? exact : IndexOf(methods.Formats.KnownAs(name));
        if (index < 0 || root["datasets"]![index] is not JsonObject written) return target;
        var copy = written.DeepClone().AsObject();
        // Targets have no training images, and the name of a data set stands for all of its classes.
        foreach (var key in (string[])[DatasetKeys.FewShots, DatasetKeys.Classes]) copy.Remove(key);
        return copy;

        int IndexOf(string wanted) => spec.Datasets.Select(dataset => dataset.Name).ToList().IndexOf(wanted);
    }

    /// <summary>Restricts a spec to one job: its arm with the job's value on each axis, its data set and its seed.</summary>
    private void Restrict(JsonObject root, SweepSpec spec, JobPosition position)
    {
        var (planned, seed) = (plan.GroupIndex(position), plan.Seeds[plan.SeedIndex(position)]);
        var places =
            from row in plan.Rows.Index()
            from cell in row.Item.Cells.Index()
            from candidate in cell.Item.Candidates.Index()
            where candidate.Item.Group == planned
            select (Row: row.Index, Column: cell.Index, Candidate: candidate.Index);
        var (r, column, choice) = places.First();
        // A later version of the program could read the spec differently.
        if (spec.Arms.Count != plan.Rows.Length || spec.Arms[r].Label != plan.Rows[r].Label || spec.Arms[r].Choices.Count <= choice)
            throw new InvalidInputException($"{source}: this version no longer creates row '{plan.Rows[r].Label}' from the spec, so the "
                + "evaluation cannot be restricted to one job; use --all instead of --job.");
        var arm = spec.Arms[r];
        var index = int.Parse(arm.Path.Split('[', ']')[1], System.Globalization.CultureInfo.InvariantCulture);
        var only = root["arms"]![index]!.DeepClone().AsObject();
        foreach (var key in ArmExpansion.Shared)
            if (root[key] is JsonArray list && !only.ContainsKey(key)) only[key] = list.DeepClone();
        new ArmExpansion(methods, [], spec.Source).Fix(only, arm.Path, name => arm.Axes[name] ?? arm.Choices[choice].Values[name]);
        root["arms"] = new JsonArray(only);
        root["datasets"] = new JsonArray(root["datasets"]![column]!.DeepClone());
        root["seeds"] = new JsonArray(seed);
    }

    /// <summary>Returns the sweep's name followed by the targets, without characters that a name cannot contain.</summary>
    private string NameOn(string[] targets)
    {
        var end = new string([.. $" on {string.Join(' ', targets)}"
            .Where(c => char.IsAsciiLetterOrDigit(c) || c is ' ' or '.' or '_' or '-')]);
        // Evaluating on the same targets again gives the same sweep.
        var name = plan.Name.EndsWith(end, StringComparison.Ordinal) ? plan.Name : plan.Name + end;
        return name[..Math.Min(name.Length, LongestName)];
    }
}
