# The command in a container: no root, and its sessions in a volume. GUIDE.md, "In a container", says how to run it;
# `npm run container` does what stands here in a clean folder, where no Docker is. The base is named by its digest: that of docker-library/repo-info of
# 2026-08 (Node 24.19.0), which nobody here has pulled. Take the newest one before a release.
FROM node:24-slim@sha256:cd84903a12dbd26b46f1f3b8144a2568c41c5d37ddd0c7a80a34c7a19786b35f AS build
WORKDIR /build
COPY . .
RUN npm ci && npm run -s build && npm pack --silent --pack-destination /tmp

FROM node:24-slim@sha256:cd84903a12dbd26b46f1f3b8144a2568c41c5d37ddd0c7a80a34c7a19786b35f
COPY --from=build /tmp/webqq-login-*.tgz /tmp/
RUN npm install --global /tmp/webqq-login-*.tgz && rm /tmp/webqq-login-*.tgz
# For a fleet on several machines: the driver of their database, which shares what it needs with the command.
RUN npm install --global --legacy-peer-deps @effect/sql-pg@4.0.5
RUN mkdir -p /state && chown 1000:1000 /state
ENV XDG_STATE_HOME=/state
VOLUME /state
EXPOSE 8080
USER 1000:1000
WORKDIR /home/node
ENTRYPOINT ["webqq-login"]
