# The command `autograder` in a container: docs/how-to/container.md. The course is not in the image;
# it is mounted at /course.

ARG PYTHON=3.11
FROM python:${PYTHON}-slim-bookworm AS base

# For the sandbox: bubblewrap, and the library that compiles its filter of system calls.
RUN apt-get update \
    && apt-get install -y --no-install-recommends bubblewrap libseccomp2 \
    && rm -rf /var/lib/apt/lists/*

ENV HOME=/home/grader \
    PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PIP_ROOT_USER_ACTION=ignore \
    PYTHONUNBUFFERED=1
# Whoever runs the container with --user has this home folder too.
RUN useradd --uid 1000 --home-dir "$HOME" --create-home grader && chmod 1777 "$HOME"

# torch and torchvision in one step, from one index: the two must be of one build. The last line
# fails where they are not.
ARG TORCH_INDEX=""
RUN python -m pip install --no-cache-dir ${TORCH_INDEX:+--index-url "$TORCH_INDEX"} \
        "torch>=2.4" "torchvision>=0.19" \
    && python -c "import torch, torchvision; torch.ops.torchvision.nms"


# For work on the kit itself: .devcontainer/devcontainer.json.
FROM base AS development

COPY .ci/system-packages /tmp/system-packages
RUN apt-get update \
    && apt-get install -y --no-install-recommends git make \
    && /tmp/system-packages \
    && rm -rf /var/lib/apt/lists/* /tmp/system-packages
USER grader


# The last stage is what `docker build` makes unless told otherwise.
FROM base AS grader

COPY pyproject.toml README.md LICENSE /opt/autograder/
COPY requirements/constraints.txt /opt/autograder/requirements/
COPY autograder /opt/autograder/autograder
COPY checkkit /opt/autograder/checkkit
RUN python -m pip install --no-cache-dir \
        --constraint /opt/autograder/requirements/constraints.txt "/opt/autograder[canvas,cluster]"

USER grader
WORKDIR /course
ENTRYPOINT ["autograder"]
CMD ["--help"]
