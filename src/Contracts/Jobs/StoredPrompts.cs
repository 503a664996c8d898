namespace AdaptCluster.Contracts.Jobs;

/// <summary>The job that trained prompts for other jobs to evaluate.</summary>
/// <param name="Sweep">The id of the job's sweep, which may have been deleted since.</param>
/// <param name="Job">The job's id.</param>
[GenerateSerializer, Immutable, Alias("PromptOrigin")]
public sealed record PromptOrigin([property: Id(0)] string Sweep, [property: Id(1)] JobId Job);

/// <summary>The trained prompts of an earlier job with the same definition, apart from the evaluation targets.</summary>
/// <param name="Origin">The job that trained the prompts.</param>
/// <param name="Content">The trained tensors and masks, as a safetensors file (<see cref="JobResult.Prompts"/>).</param>
[GenerateSerializer, Immutable, Alias("StoredPrompts")]
public sealed record StoredPrompts([property: Id(0)] PromptOrigin Origin, [property: Id(1)] byte[] Content);
