# RabbitMQ from Debian's package, for tests on a machine that cannot pull the official image. What the
# manifests rely on is the same in both: the user 999, the programs in PATH, /etc/rabbitmq/conf.d.
ARG BASE_IMAGE
FROM ${BASE_IMAGE}
LABEL org.opencontainers.image.title="bonfire/rabbitmq" \
      org.opencontainers.image.description="RabbitMQ of Debian, for tests only."
RUN usermod --uid 999 rabbitmq && groupmod --gid 999 rabbitmq && \
    chown -R 999:999 /etc/rabbitmq /var/lib/rabbitmq
ENV HOME=/var/lib/rabbitmq LANG=C.UTF-8 \
    PATH=/usr/lib/rabbitmq/bin:/usr/local/bin:/usr/bin:/bin
USER 999:999
CMD ["rabbitmq-server"]
