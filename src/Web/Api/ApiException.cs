using AdaptCluster.Contracts;
using AdaptCluster.Web.Submit;
using Microsoft.AspNetCore.Http;

namespace AdaptCluster.Web.Api;

/// <summary>Thrown when a request is refused. Contains the HTTP status for the response.</summary>
/// <param name="status">The HTTP status.</param>
/// <param name="message">The error message: what was found and what to do.</param>
internal sealed class ApiException(int status, string message) : AdaptClusterException(message)
{
    /// <summary>The HTTP status.</summary>
    public int Status => status;

    /// <summary>The path of the error in the spec; null if the request has no spec or the path is unknown.</summary>
    public string? Path { get; private init; }

    /// <summary>The 1-based line of the error; null if it is unknown.</summary>
    public int? Line { get; private init; }

    /// <summary>Returns the exception for a refused spec, with the location of the error.</summary>
    /// <param name="spec">The spec's text as received.</param>
    /// <param name="refusal">The error in the spec.</param>
    public static ApiException OfSpec(string spec, InvalidInputException refusal) => new(StatusCodes.Status400BadRequest, refusal.Message)
    {
        Path = SpecPlace.PathOf(refusal.Message),
        Line = SpecPlace.Find(spec, refusal.Message)?.Line,
    };

    /// <summary>
    /// Awaits a call. If the cluster refuses the call's input, throws an <see cref="ApiException"/> with the given status.
    /// </summary>
    /// <param name="status">The HTTP status.</param>
    /// <param name="call">The call.</param>
    public static async Task<T> AsAsync<T>(int status, Task<T> call)
    {
        try
        {
            return await call;
        }
        catch (InvalidInputException e)
        {
            throw new ApiException(status, e.Message);
        }
    }
}
