using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Planning;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Storage;
using AdaptCluster.Sweeps.Methods;
using AdaptCluster.Sweeps.Specs;

namespace AdaptCluster.Grains.Sweeps;

/// <summary>Makes the spec that evaluates a sweep's trained prompts on other data sets.</summary>
/// <param name="store">The store with the sweep.</param>
/// <param name="reader">Finds its jobs.</param>
/// <param name="methods">The methods and data set formats that specs can use.</param>
internal sealed class SweepEvaluation(SweepStore store, SweepReader reader, MethodCatalog methods)
{
    /// <summary>Returns the spec.</summary>
    /// <exception cref="InvalidInputException">The request cannot be met; the message says why and what to do.</exception>
    public async Task<string> SpecAsync(SweepId id, EvaluationRequest request)
    {
        var (sweep, plan) = await store.Sweeps.FindAsync(id) ?? throw SweepReader.Missing(id.Value);
        var spec = new EvaluationSpec(plan with { SpecJson = sweep.SpecJson }, $"the spec of {id}", methods);
        if (request.Job is { } job) return spec.Make(request, await JobAsync(id, plan, job));
        var completed = (await store.Jobs.CountAsync(id)).GetValueOrDefault(JobState.Completed);
        if (completed < plan.JobCount)
        {
            throw new InvalidInputException(
                $"--all: sweep {id} is {AdaptClusterJson.Name(sweep.State)}, and {plan.JobCount - completed} of its "
                + $"{CountText.Of(plan.JobCount, "job")} have no result; finish it first ('sweep status {id}' says what it waits for), "
                + "or evaluate a completed job by --job.");
        }
        return spec.Make(request, only: null);
    }

    /// <summary>Returns the position of a completed job.</summary>
    private async Task<JobPosition> JobAsync(SweepId id, SweepPlan plan, string prefix)
    {
        var job = await reader.JobAsync(id, prefix);
        if (job.Status.State != JobState.Completed)
            throw new InvalidInputException($"--job {prefix}: job {job.Status.Id} is {AdaptClusterJson.Name(job.Status.State)}; "
                + "only a job with a result can be evaluated.");
        return plan.At(Array.FindIndex(plan.Groups, group => group.Definition with { Seed = job.Definition.Seed } == job.Definition),
            Array.IndexOf(plan.Seeds, job.Definition.Seed));
    }
}
