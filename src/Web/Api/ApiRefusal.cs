using AdaptCluster.Contracts;
using AdaptCluster.Web.Submit;
using Microsoft.AspNetCore.Http;

namespace AdaptCluster.Web.Api;

/// <summary>A request that is refused, with the status that says of what kind the refusal is.</summary>
/// <param name="status">The status.</param>
/// <param name="message">What was found and what to do.</param>
internal sealed class ApiRefusal(int status, string message) : AdaptClusterException(message)
{
    /// <summary>The status.</summary>
    public int Status => status;

    /// <summary>Where in the spec it is; null where it is about none, or nobody can say.</summary>
    public string? Path { get; private init; }

    /// <summary>The line of that, from 1.</summary>
    public int? Line { get; private init; }

    /// <summary>A spec that is refused, with the place.</summary>
    /// <param name="spec">Its text as it came.</param>
    /// <param name="refusal">What is said of it.</param>
    public static ApiRefusal OfSpec(string spec, InvalidInputException refusal) => new(StatusCodes.Status400BadRequest, refusal.Message)
    {
        Path = SpecPlace.PathOf(refusal.Message),
        Line = SpecPlace.Find(spec, refusal.Message)?.Line,
    };

    /// <summary>Waits for a call; where the cluster refuses its input, that is a refusal of this kind.</summary>
    /// <param name="status">The kind.</param>
    /// <param name="call">The call.</param>
    public static async Task<T> AsAsync<T>(int status, Task<T> call)
    {
        try
        {
            return await call;
        }
        catch (InvalidInputException e)
        {
            throw new ApiRefusal(status, e.Message);
        }
    }
}
